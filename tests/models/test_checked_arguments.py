"""What a model cannot have is refused in one way, by its constructor and from a file."""

import numpy as np
import pytest

import keras_modnet
from keras_modnet import ModNet, PresetError
from tests.models.hostile import change_arguments

NONSENSE = {
    "image_shape": [None, 4, "abc", [4, 4], [4, 4, 0], [4, 4, True], [4, 4.0, 1], [4, 5, 1], [4, 4, 2**40]],
    "resizing": [
        *(None, "x", 1, [], ["pad"], {}, {"short_side": 8}, {"mode": "pad", "x": 1}, {"mode": ["pad"]}),
        *({"mode": "pad", "short_side": 8}, {"mode": "crop", "short_side": 3}, {"mode": "crop", "short_side": 8.0}),
        *({"mode": "crop", "interpolation": "nearest"}, {"mode": "crop", "interpolation": None}),
    ],
    "num_blocks": [0, -1, True, 2.0, "2", None],
    "num_steps": [0, 3.0, False, "x"],
    "width": [0, 4.0, "4", True, [4]],
    "patch_size": [0, 2.0, True, "2"],
    "block": ["x", "", None, 1, ["basic"], {"class_name": "Lambda"}],
    "norm": ["x", None, 1],
    "mixing": ["x", None, ["weights"]],
    "unroll": ["x", 1, 0, "False"],
    "temperature": [0, 0.0, -1, "1", True, None, 1e-300, 1e300, [1.0]],
    "straight_through": ["no", 0, 1, None],
    "logits_multiplier": [0, -1.0, "1", None, 10**18 * 10**21],
    "entropy_weight": [-0.1, "0", None, True],
    "block_use_weight": [-1, "0", None],
    "pixel_mean": ["0", None, True, [1.0, 2.0], [[1.0]], ["x"], 1e300],
    "pixel_std": [0, 0.0, -1.0, 1e-300, "1", None, [0.0], [1.0, 1.0]],
    "norm_epsilon": [0, -1e-3, "x", None, True],
    "pool_first": [1, "True", None],
    "pooling": ["patches", "class_token", "x", 1],
    "register_tokens": [1, -1, True, 0.0, "0", None],
    "stem_convolutions": [-1, 9, True, 1.0, "1", None],
    "seed": [-1, 2**32, 1.0, "1", True],
    "default_task": ["x", 1, [], True],
}
CASES = [(name, value) for name, values in NONSENSE.items() for value in values]
TASKS = [
    *({}, [], None, "a", {"a": {}}, {"a b": 2}, {"_a": 2}, {"": 2}, {"a" * 300: 2}, {"\ud800": 2}),
    *({"a": 0}, {"a": 2.0}, {"a": True}, {"a": "2"}, {"a": {"num_classes": 2, "num_steps": 0}}),
    *({"a": {"num_classes": 2, "x": 1}}, {"a": {"num_classes": 2, "mixed": 1}}),
    *({"a": {"num_classes": 2, "own_norms": True}}, {"a": {"num_classes": 2, "pooling": "patches"}}),
    *({"a": {"num_classes": 2, "class_names": names}} for names in (["x"], "xy", [1, 2], ["x", "\ud800"], 2)),
]
SMALL = {"image_shape": (4, 4, 1), "tasks": {"a": 2}, "num_blocks": 2, "num_steps": 2, "width": 4, "patch_size": 2}


@pytest.mark.parametrize(("name", "value"), CASES)
def test_the_constructor_refuses_nonsense_by_the_name_of_the_argument(name, value):
    with pytest.raises(ValueError, match=f"^`{name}` must be "):
        ModNet(**(SMALL | {name: value}))


@pytest.mark.parametrize("tasks", TASKS, ids=str)
def test_the_constructor_refuses_tasks_that_are_none(tasks):
    with pytest.raises(ValueError, match=r"^`(tasks.*|name)` must be ") as caught:
        ModNet(**(SMALL | {"tasks": tasks}))
    str(caught.value).encode()


def test_a_mixture_needs_a_bank_that_mixes_weights():
    tasks = {"a": {"num_classes": 2, "mixed": True}}
    with pytest.raises(ValueError, match=r"^`mixing` must be "):
        ModNet(**(SMALL | {"tasks": tasks, "mixing": "outputs"}))


def test_numbers_of_numpy_are_numbers():
    model = ModNet(
        **(SMALL | {"width": np.int64(4), "pixel_std": np.array([2.0]), "seed": np.uint8(3), "unroll": np.bool_(True)})
    )
    assert {name: model.arguments()[name] for name in ("width", "pixel_std", "seed", "unroll")} == {
        "width": 4,
        "pixel_std": [2.0],
        "seed": 3,
        "unroll": True,
    }


@pytest.fixture(scope="module")
def preset(make_model, tmp_path_factory):
    model = make_model(compiled=False, tasks={"a": {"num_classes": 2}})
    return model.save_to_preset(tmp_path_factory.mktemp("presets") / "mine")


def refuse_argument(preset, name, value):
    former = {path: path.read_bytes() for path in preset.iterdir()}
    try:
        change_arguments(preset, lambda arguments: arguments.update({name: value}))
        with pytest.raises(PresetError) as caught:
            keras_modnet.from_preset(preset)
        # The digits of a number that is too large are said, and it is not computed with.
        assert caught.value.file == str(preset / "config.json")
        str(caught.value).encode()
    finally:
        for path, data in former.items():
            path.write_bytes(data)


def test_a_file_with_nonsense_is_one_error_that_names_it(preset):
    for name, value in CASES:
        refuse_argument(preset, name, value)
    for tasks in TASKS:
        refuse_argument(preset, "tasks", tasks)
    keras_modnet.from_preset(preset)
