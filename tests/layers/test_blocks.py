import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import BlockBank, register_block
from keras_modnet.layers.blocks import block_kind
from keras_modnet.layers.stages import (
    Activation,
    BlockLayerNorm,
    Conv,
    DepthwiseConv,
    LayerScale,
    Stage,
    StepNorm,
    Weight,
)
from keras_modnet.models.modnet import ModNet

X = np.random.default_rng(0).normal(size=(2, 3, 3, 4)).astype("float32")
STAGES = [
    Activation("gelu"),
    Conv("conv", 4, 6, 3),
    Conv("conv", 4, 6, 1, use_bias=True),
    DepthwiseConv("depthwise", 4, 3),
    DepthwiseConv("depthwise", 4, 3, use_bias=True),
    BlockLayerNorm("norm", 4),
    LayerScale("scale", 4),
]


class Shift(Stage):
    """A user's own stage: adds a number to every channel."""

    name = "shift"

    def __init__(self, channels):
        self.channels = channels

    def weights(self):
        return {"by": Weight((self.channels,), lambda: keras.initializers.Constant(0.25))}

    def apply(self, x, weights):
        return x + weights["by"]


def shifted(width):
    return (StepNorm("norm", width), Conv("mix", width, width), Shift(width), Activation("relu"))


register_block("shifted_for_test", shifted, output_activation="tanh")


@pytest.mark.parametrize("stage", STAGES, ids=repr)
def test_stage_equals_its_keras_layer(stage):
    generator = np.random.default_rng(8)
    weights = {name: generator.normal(size=weight.shape).astype("float32") for name, weight in stage.weights().items()}
    layer = stage.as_layer()
    layer.build(X.shape)
    layer.set_weights(list(weights.values()))
    tensors = {name: ops.convert_to_tensor(weight) for name, weight in weights.items()}
    actual = ops.convert_to_numpy(stage.apply(ops.convert_to_tensor(X), tensors))
    np.testing.assert_allclose(actual, ops.convert_to_numpy(layer(X)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("stage", "macs"),
    [
        # Kernel elements times 2 x 3 positions.
        (Conv("conv", 4, 6, 3), 6 * 9 * 4 * 6),
        (DepthwiseConv("depthwise", 4, 7), 6 * 49 * 4),
        (LayerScale("scale", 4), 6 * 4),
        (BlockLayerNorm("norm", 4), 0),
        (Activation("relu"), 0),
    ],
    ids=repr,
)
def test_multiply_adds_of_a_stage(stage, macs):
    assert stage.macs(2, 3) == macs


@pytest.mark.parametrize("block", ["basic", "bottleneck", "convnext", "convmixer_7_relu", "convmixer_9_gelu"])
def test_branch_keeps_the_shape_of_its_features(block):
    bank = BlockBank(2, block)
    assert tuple(bank(X, np.array([0.0, 1.0], "float32")).shape) == X.shape


@pytest.mark.parametrize(
    ("block", "activation"), [("basic", "relu"), ("bottleneck", None), ("convnext", None), ("shifted_for_test", "tanh")]
)
def test_kind_says_what_its_features_need_before_pooling(block, activation, make_model):
    assert block_kind(block).output_activation == activation
    assert make_model(compiled=False, block=block).task_layers["digits"].head.activation == activation


def test_registered_kind_computes_what_it_says():
    bank = BlockBank(2, "shifted_for_test")
    bank.build(X.shape)
    kernel = ops.convert_to_numpy(bank.stacked_weights["mix/kernel"])[1, 0, 0]
    # A step adds its branch to the features; the shift starts at 0.25.
    expected = X + np.maximum(X @ kernel + 0.25, 0)
    actual = ops.convert_to_numpy(bank(X, np.array([0.0, 1.0], "float32")))
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-5)


def gelu(x):
    """The exact one: x times the normal distribution function."""
    return 0.5 * x * (1 + ops.convert_to_numpy(ops.erf(ops.convert_to_tensor(x / np.sqrt(2, dtype="float32")))))


def test_convmixer_adds_its_first_half_and_replaces_the_features_by_its_second():
    bank = BlockBank(2, "convmixer_9_gelu")
    bank.build(X.shape)
    generator = np.random.default_rng(3)
    for variable in bank.stacked_weights.values():
        variable.assign(generator.normal(size=variable.shape))
    weights = {name: ops.convert_to_numpy(variable)[1] for name, variable in bank.stacked_weights.items()}
    mixed = ops.depthwise_conv(ops.convert_to_tensor(X), weights["depthwise/kernel"], padding="same")
    # A bank alone runs its blocks without the norms of a step.
    mixed = X + gelu(ops.convert_to_numpy(mixed) + weights["depthwise/bias"])
    expected = gelu(mixed @ weights["pointwise/kernel"][0, 0] + weights["pointwise/bias"])
    actual = ops.convert_to_numpy(bank(X, np.array([0.0, 1.0], "float32")))
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4)


def test_kind_with_normalized_features_has_its_norm_in_the_stem_and_none_in_the_head(make_model, images, labels):
    model = make_model(block="convmixer_7_relu")
    names = set(model.named_variables())
    assert {"stem/output/scale", "stem/output/mean", "tasks/digits/norm/norm2/mean"} <= names
    assert not {name for name in names if name.startswith("tasks/digits/head/output")}
    assert model.task_layers["digits"].head.activation is None
    statistics = model.named_variables()["stem/output/mean"]
    model.train_only("digits", ("norm", "head"))
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    model.fit(images, labels, verbose=0)
    # A stem that does not train gathers nothing.
    np.testing.assert_array_equal(ops.convert_to_numpy(statistics), 0)
    model.train_only("digits", ("stem", "head"))
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    model.fit(images, labels, verbose=0)
    assert (ops.convert_to_numpy(statistics) != 0).any()


def test_registered_kind_trains_and_loads_in_a_model(make_model, images, labels, values, tmp_path):
    model = make_model(block="shifted_for_test")
    before = values(model)
    model.fit(images, labels, verbose=0)
    assert (values(model)["bank/shift/by"] != before["bank/shift/by"]).any()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert isinstance(loaded, ModNet)
    np.testing.assert_array_equal(ops.convert_to_numpy(loaded(images)), ops.convert_to_numpy(model(images)))


@pytest.mark.parametrize(
    ("name", "stages", "message"),
    [
        ("basic", shifted, "`name` must be a name that is not taken .* Received: 'basic'"),
        ("twice", lambda width: (Conv("a", width, width), Conv("a", width, width)), r"`stages` must be .*\['a', 'a'\]"),
        ("nameless", lambda width: (Conv("", width, width),), r"`stages` must be stages with unique names"),
    ],
)
def test_kind_that_cannot_be_registered(name, stages, message):
    with pytest.raises(ValueError, match=message):
        register_block(name, stages)
    with pytest.raises(ValueError, match="`block` must be one of"):
        BlockBank(2, "twice")
