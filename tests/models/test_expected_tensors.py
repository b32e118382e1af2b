"""Names, shapes and types that follow from arguments alone are those of the model; what is too large is never made."""

import time
import tracemalloc

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet import ModNet, PresetError, layers
from keras_modnet.layers.stages import Conv, StepNorm
from keras_modnet.models.expected_tensors import Expected, expected_of_task, expected_tensors
from tests.models.hostile import change_arguments, change_tensors

layers.register_block("expected_plain", lambda width: (StepNorm("n", width), Conv("c", width, width, 1, use_bias=True)))
SMALL = {"image_shape": (8, 4, 3), "num_blocks": 3, "num_steps": 2, "width": 4, "patch_size": 2}
BLOCKS = ("basic", "bottleneck", "convnext", "convmixer_7_relu", "convmixer_9_gelu", "expected_plain")
NETWORKS = [
    *({"block": block, "norm": norm} for block in BLOCKS for norm in ("batch", "group", "layer")),
    *({"block": "transformer", "register_tokens": count, "norm": "layer"} for count in (0, 2)),
    {"block": "transformer", "pooling": "class_token_and_patches", "width": 128, "norm": "batch"},
    {"block": "basic", "mixing": "outputs"},
    *({"block": block, "stem_convolutions": 2, "norm": "group"} for block in ("basic", "convmixer_7_relu")),
    {"block": "bottleneck", "stem_convolutions": 1, "norm": "batch"},
]


def tasks_of(network):
    tasks = {"a": 3, "features": None, "long": {"num_classes": 2, "num_steps": 5}}
    if network.get("mixing") != "outputs":
        tasks["mixed"] = {"num_classes": 2, "mixed": True}
    if network["block"] in ("convnext", "transformer"):
        tasks["own"] = {"num_classes": 2, "own_norms": True}
    if network["block"] == "transformer":
        tasks["both"] = {"num_classes": 2, "pooling": "class_token_and_patches"}
        tasks["patches"] = {"num_classes": 2, "pooling": "patches"}
    return tasks


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_expected_tensors_are_those_of_the_model(network):
    model = ModNet(**(SMALL | network), tasks=tasks_of(network))
    arguments = model.arguments()
    expected = dict(expected_tensors(arguments, arguments["tasks"]))
    real = {
        name: (tuple(variable.shape), keras.backend.standardize_dtype(variable.dtype) == "bool")
        for name, variable in model.named_variables().items()
    }
    assert {name: (one.shape, one.is_flag) for name, one in expected.items()} == real
    for task, task_layers in model.task_layers.items():
        named = {name: tuple(variable.shape) for name, variable in task_layers.variables_by_name().items()}
        own = dict(expected_of_task(arguments, arguments["tasks"][task]))
        assert {name: one.shape for name, one in own.items()} == named


def test_what_has_a_range_is_known_by_name():
    model = ModNet(**SMALL, tasks={"a": 2}, block="convmixer_7_relu")
    ranges = {name: one.positive for name, one in expected_tensors(model.arguments(), model.arguments()["tasks"])}
    assert {name for name, positive in ranges.items() if positive == "from 0"} == {
        "stem/output/variance",
        "tasks/a/norm/norm1/variance",
        "tasks/a/norm/norm2/variance",
    }
    assert [name for name, positive in ranges.items() if positive == "over 0"] == ["tasks/a/ordering/temperature"]
    assert Expected(()).positive is None


@pytest.fixture
def preset(make_model, tmp_path):
    return make_model(compiled=False, tasks={"a": {"num_classes": 2}}).save_to_preset(tmp_path / "mine")


@pytest.mark.parametrize(
    "change",
    [
        {"width": 5000},
        {"image_shape": [4, 4, 1_000_000]},
        {"num_blocks": 10**12},
        {"tasks": {"a": {"num_classes": 10**15, "num_steps": 3}}},
        {"tasks": {"a": {"num_classes": 2, "num_steps": 10**12}}},
        {"default_task": "t0", "tasks": {f"t{n}": {"num_classes": 2, "num_steps": 3} for n in range(400)}},
        {"block": "transformer", "image_shape": [2**20, 2**20, 1]},
    ],
    ids=lambda change: "-".join(change),
)
@pytest.mark.parametrize("load_weights", [True, False])
def test_a_network_that_the_listed_tensors_are_not_of_is_refused_before_it_is_made(preset, change, load_weights):
    change_arguments(preset, lambda arguments: arguments.update(change))
    tracemalloc.start()
    start = time.process_time()
    try:
        with pytest.raises(PresetError, match=r"of shape \(.*\); found (shape|none)") as caught:
            keras_modnet.from_preset(preset, load_weights=load_weights)
        # Tracing makes the largest of them five times as slow.
        assert time.process_time() - start < 3
        assert tracemalloc.get_traced_memory()[1] < 50 * 2**20
    finally:
        tracemalloc.stop()
    assert caught.value.file == str(preset / "config.json")


def test_tensors_beside_those_of_the_model_are_refused(preset):
    change_tensors(preset, {"stem/more": np.zeros(2, "float32")})
    with pytest.raises(PresetError, match="tensors of the model alone; found 'stem/more' beside them"):
        keras_modnet.from_preset(preset)
