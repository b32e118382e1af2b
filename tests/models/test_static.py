"""The static model of a task: equal logits, stock layers only, every block stored once."""

import itertools
import math
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

BLOCK_KINDS = ("basic", "bottleneck", "convnext", "convmixer_7_relu")
KINDS = list(itertools.product(BLOCK_KINDS, ("batch", "group", "layer"), ("weights", "outputs")))
BLOCKS = [2, 0, 2, 2]


@pytest.mark.parametrize(("block", "norm", "mixing"), KINDS)
def test_the_static_model_has_the_logits_and_the_parameters_of_what_runs(
    wide, images, block, norm, mixing, largest_difference
):
    model = wide(block=block, norm=norm, mixing=mixing)
    model.set_ordering("digits", BLOCKS)
    static = model.to_static("digits")
    assert largest_difference(static(images), model(images)) < 1e-5
    own = {name: math.prod(variable.shape) for name, variable in model.named_variables().items()}
    shared = sum(size for name, size in own.items() if name.startswith("stem/"))
    blocks = sum(size // 3 * 2 for name, size in own.items() if name.startswith("bank/"))
    task = sum(size for name, size in own.items() if name.startswith(("tasks/digits/norm/", "tasks/digits/head/")))
    assert static.count_params() == shared + blocks + task


@pytest.mark.parametrize(("block", "norm"), [("basic", "batch"), ("convmixer_7_relu", "batch"), ("convnext", "layer")])
def test_overlapping_convolutions_of_the_stem_are_layers_of_the_static_model(
    wide, images, block, norm, largest_difference
):
    model = wide(block=block, norm=norm, stem_convolutions=2)
    static = model.to_static("digits")
    assert largest_difference(static(images), model(images)) < 1e-5
    convolutions = [layer.name for layer in static.layers if layer.name.startswith("stem_conv")]
    assert convolutions == ["stem_conv0", "stem_conv1", "stem_conv2", "stem_conv3"]


def test_an_ordering_that_is_not_hard_becomes_its_largest_weights(wide, images, largest_difference):
    model = wide()
    model.task_layers["digits"].router.logits.assign(np.random.default_rng(1).normal(size=(4, 3)))
    assert largest_difference(model.to_static("digits")(images), model(images)) < 1e-5


def test_predict_of_both_agrees_on_uint8_images(wide, images, largest_difference):
    model, pixels = wide(), images.astype("uint8")
    static = model.to_static("digits")
    assert largest_difference(static.predict(pixels, verbose=0), model.predict(pixels, verbose=0)) < 1e-5


def test_a_repeated_block_is_one_layer_and_an_unused_one_none(wide):
    model = wide()
    model.set_ordering("digits", BLOCKS)
    names = [layer.name for layer in model.to_static("digits").layers]
    assert [name for name in names if "conv" in name] == [
        "block2_conv1",
        "block2_conv2",
        "block0_conv1",
        "block0_conv2",
    ]
    assert [name for name in names if "norm1" in name] == [f"step0{step}_norm1" for step in range(4)]
    assert {"images", "stem", "step03_add", "head_norm", "head"} <= set(names)


def test_all_layers_are_keras_own(wide):
    layers = [layer for block in BLOCK_KINDS for layer in wide(block=block).to_static("digits").layers]
    assert all(type(layer).__module__.startswith("keras.") for layer in layers)


@pytest.mark.parametrize("norm", ["batch", "group", "layer"])
def test_a_head_that_pools_first_does_so_in_the_static_model(wide, images, largest_difference, norm):
    model = wide(block="basic", norm=norm, pool_first=True, norm_epsilon=1e-2)
    static = model.to_static("digits")
    names = [layer.name for layer in static.layers]
    assert names[-4:] == ["head_pooling", "head_norm", "head_activation", "head"]
    assert largest_difference(static(images), model(images)) < 1e-5


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_pixels_of_each_channel_are_scaled_by_its_own_numbers(make_model, data_format, largest_difference):
    former = keras.config.image_data_format()
    keras.config.set_image_data_format(data_format)
    try:
        pixels = {"pixel_mean": [120.0, 110.5, 99.9], "pixel_std": [60.0, 61.3, 58.7]}
        model = make_model(compiled=False, image_shape=(4, 4, 3), **pixels)
        images = np.random.default_rng(5).uniform(0, 255, (2, 4, 4, 3)).astype("float32")
        assert largest_difference(model.to_static("digits")(images), model(images)) < 1e-5
    finally:
        keras.config.set_image_data_format(former)


def test_half_precision_stays_where_the_model_has_it(wide, images, largest_difference):
    model = wide(dtype="mixed_bfloat16")
    static = model.to_static("digits")
    logits = static(images)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert static.get_layer("block0_conv1").compute_dtype == "bfloat16"
    assert static.get_layer("step00_norm1").compute_dtype == "float32"
    # A few bfloat16 roundings, 2^-8 each, of logits about 1.
    assert largest_difference(logits, model(images)) < 2e-2


def test_values_are_copied(wide, images, largest_difference):
    model = wide()
    before = keras.ops.convert_to_numpy(model(images))
    static = model.to_static("digits")
    for variable in static.variables:
        variable.assign(np.zeros(variable.shape))
    assert largest_difference(before, model(images)) == 0


def test_several_tasks_share_stem_and_blocks(wide, images, largest_difference):
    model = wide()
    model.set_ordering("digits", [0, 1, 2, 0])
    model.set_ordering("letters", [2, 2, 1, 0])
    both = model.to_static_tasks(["digits", "letters"])
    single = {task: model.to_static(task) for task in model.task_names}
    for task, logits in both(images).items():
        assert largest_difference(logits, single[task](images)) < 1e-6
    own = [variable.path for variable in both.variables if variable.path.startswith("letters_")]
    assert len(both.variables) == len(single["digits"].variables) + len(own)


@pytest.mark.parametrize("tasks", [[], "digits", ["digits", "digits"], ["words"], None])
def test_tasks_that_are_none_are_refused(make_model, tasks):
    with pytest.raises(ValueError, match=r"`tasks?` must be .* Received: "):
        make_model(compiled=False).to_static_tasks(tasks)


def test_an_unknown_task_is_refused(make_model):
    with pytest.raises(ValueError, match=r"`task` must be one of 'digits', 'letters'. Received: 'words'"):
        make_model(compiled=False).to_static("words")


LOAD_WITHOUT_THE_PACKAGE = """
import sys
sys.modules["keras_modnet"] = None
import keras, numpy as np
model = keras.saving.load_model(sys.argv[1])
np.save(sys.argv[3], keras.ops.convert_to_numpy(model(np.load(sys.argv[2]))))
"""


def test_a_saved_static_model_loads_where_this_package_is_missing(wide, images, tmp_path, largest_difference):
    model = wide(block="convnext")
    model.to_static("digits").save(tmp_path / "static.keras")
    np.save(tmp_path / "images.npy", images)
    files = [str(tmp_path / name) for name in ("static.keras", "images.npy", "logits.npy")]
    environment = os.environ | {"KERAS_BACKEND": keras.backend.backend()}
    subprocess.run([sys.executable, "-c", LOAD_WITHOUT_THE_PACKAGE, *files], check=True, env=environment)
    assert largest_difference(np.load(tmp_path / "logits.npy"), model(images)) < 1e-5


def test_without_its_head_a_static_model_gives_the_features_that_the_head_takes(make_model, images, largest_difference):
    static = make_model(compiled=False).to_static("digits")
    head = static.get_layer("head")
    backbone = keras.Model(static.input, head.input)
    assert backbone.output.shape == (None, 4)
    assert largest_difference(head(backbone(images)), static(images)) < 1e-6
