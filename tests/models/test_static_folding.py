"""`to_static(task, fold_norms=True)`: equal logits from fewer layers; what is copied stays as it was."""

import itertools

import keras
import numpy as np
import pytest

from keras_modnet.layers import register_block
from keras_modnet.layers.stages import Conv, StepNorm

BLOCK_KINDS = ("basic", "bottleneck", "convnext", "convmixer_7_relu")
KINDS = list(itertools.product(BLOCK_KINDS, ("batch", "group", "layer")))
BLOCKS = [2, 0, 2, 2]
NORM_LAYERS = (
    keras.layers.BatchNormalization,
    keras.layers.GroupNormalization,
    keras.layers.LayerNormalization,
)
# Norms of the steps that are left. `norm1` of "basic" has an activation behind it.
# In "convmixer_7_relu" both have one in front, and a sum or another block behind.
STEP_NORMS_LEFT = {("basic", "batch"): 4, ("bottleneck", "batch"): 0}
STEP_NORMS = {"basic": 2 * 4, "bottleneck": 3 * 4, "convnext": 0, "convmixer_7_relu": 2 * 4}

register_block("padded_for_test", lambda width: (StepNorm("norm", width), Conv("conv", width, width, 3)))


@pytest.fixture
def ordered(wide):
    """Returns a maker of models with an ordering that repeats blocks, and with scales of both signs."""

    def make(**arguments):
        model = wide(**arguments)
        for name, variable in model.named_variables().items():
            if name.endswith("scale"):
                signs = np.random.default_rng(len(name)).choice([-1, 1], variable.shape)
                variable.assign(keras.ops.convert_to_numpy(variable) * signs)
        model.set_ordering("digits", BLOCKS)
        return model

    return make


def step_layers(static):
    return [layer for layer in static.layers if layer.name.startswith(("step", "block"))]


def names_of(static, kind):
    return [layer.name for layer in static.layers if isinstance(layer, kind)]


@pytest.mark.parametrize(("block", "norm"), KINDS)
def test_folded_logits_are_those_of_the_model_and_of_its_static(ordered, images, largest_difference, block, norm):
    model = ordered(block=block, norm=norm)
    static, folded = model.to_static("digits"), model.to_static("digits", fold_norms=True)
    logits = folded(images)
    scale = max(1.0, float(np.abs(keras.ops.convert_to_numpy(logits)).max()))
    assert largest_difference(logits, model(images)) < 1e-5 * scale
    assert largest_difference(logits, static(images)) < 1e-5 * scale


@pytest.mark.parametrize(("block", "norm"), KINDS)
def test_norms_are_left_where_folding_would_be_inexact(ordered, block, norm):
    folded = ordered(block=block, norm=norm).to_static("digits", fold_norms=True)
    of_steps = STEP_NORMS_LEFT.get((block, norm), STEP_NORMS[block])
    # One for the head, or the stem; one for each of the two blocks in use that have a norm of their own.
    of_blocks = 2 if block == "convnext" else 0
    assert len(names_of(folded, NORM_LAYERS)) == of_steps + of_blocks + 1
    assert len(names_of(folded, NORM_LAYERS[0])) == (of_steps + 1 if norm == "batch" else 0)
    assert folded.get_layer("stem_norm" if block == "convmixer_7_relu" else "head_norm")


def test_a_norm_in_front_of_a_padded_convolution_stays(ordered, images, largest_difference):
    model = ordered(block="padded_for_test")
    folded = model.to_static("digits", fold_norms=True)
    assert len(names_of(folded, NORM_LAYERS)) == 4 + 1
    assert largest_difference(folded(images), model(images)) < 1e-5


def test_a_folded_convolution_belongs_to_a_step_and_any_other_to_a_block(ordered):
    basic = ordered(block="basic").to_static("digits", fold_norms=True)
    assert [name for name in names_of(basic, keras.layers.Conv2D) if name != "stem"] == [
        "step00_conv1",
        "block2_conv2",
        "step01_conv1",
        "block0_conv2",
        "step02_conv1",
        "step03_conv1",
    ]
    bottleneck = ordered(block="bottleneck").to_static("digits", fold_norms=True)
    assert names_of(bottleneck, keras.layers.DepthwiseConv2D) == [f"step0{step}_depthwise" for step in range(4)]
    assert {name for name in names_of(bottleneck, keras.layers.Conv2D) if "project" in name} == {
        "block0_project",
        "block2_project",
    }


def test_repeated_blocks_cost_weights(ordered):
    model = ordered(block="basic")
    static, folded = model.to_static("digits"), model.to_static("digits", fold_norms=True)
    kernels, biases, norms = (4 - 2) * 9 * 16 * 16, 4 * 16, 4 * 4 * 16
    assert folded.count_params() - static.count_params() == kernels + biases - norms


def test_layer_scales_are_folded_and_cost_no_weights(ordered):
    model = ordered(block="convnext")
    static, folded = model.to_static("digits"), model.to_static("digits", fold_norms=True)
    assert names_of(folded, keras.layers.DepthwiseConv2D) == ["block2_depthwise", "block0_depthwise"]
    assert static.count_params() - folded.count_params() == 2 * 16
    assert all(layer.name.startswith("block") or layer.name.endswith("_add") for layer in step_layers(folded))


@pytest.mark.parametrize("block", BLOCK_KINDS)
def test_all_layers_are_keras_own(ordered, block):
    layers = ordered(block=block).to_static("digits", fold_norms=True).layers
    assert all(type(layer).__module__.startswith("keras.") for layer in layers)


def test_the_model_and_its_unfolded_static_are_untouched(ordered, values):
    model = ordered(block="bottleneck")
    static, before = model.to_static("digits"), values(model)
    static_before = [np.array(weights) for weights in static.get_weights()]
    folded = model.to_static("digits", fold_norms=True)
    for variable in folded.variables:
        variable.assign(np.zeros(variable.shape))
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)
    for value, old in zip(static.get_weights(), static_before, strict=True):
        np.testing.assert_array_equal(value, old)


@pytest.mark.parametrize("block", BLOCK_KINDS)
def test_in_half_precision_folded_layers_keep_the_policy(ordered, images, values, largest_difference, block):
    exact = ordered(block=block)
    model = ordered(block=block, dtype="mixed_bfloat16")
    for name, value in values(exact).items():
        model.named_variables()[name].assign(value)
    folded = model.to_static("digits", fold_norms=True)
    convolutions = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
    kernels = [layer for layer in step_layers(folded) if isinstance(layer, convolutions)]
    assert {layer.compute_dtype for layer in kernels} == {"bfloat16"}
    assert {variable.dtype for variable in folded.variables} == {"float32"}
    logits, truth = folded(images), exact(images)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    # Rounding differs, its size does not: a few times that of the model itself.
    rounding = largest_difference(model(images), truth)
    assert 0 < rounding < 0.1 * float(np.abs(keras.ops.convert_to_numpy(truth)).max())
    assert largest_difference(logits, truth) < 3 * rounding


@pytest.mark.parametrize("fold_norms", [1, None, "batch"])
def test_a_value_that_is_no_switch_is_refused(ordered, fold_norms):
    with pytest.raises(ValueError, match=r"`fold_norms` must be True or False. Received: "):
        ordered().to_static("digits", fold_norms=fold_norms)
