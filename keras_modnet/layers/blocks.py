"""Kinds of blocks: which stages a residual branch consists of. A user adds a kind with `register_block`."""

import dataclasses
import functools
from collections.abc import Callable

import keras

from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.layers.attention import SelfAttention
from keras_modnet.layers.dense import Dense
from keras_modnet.layers.stages import (
    Activation,
    BlockLayerNorm,
    Conv,
    DepthwiseConv,
    LayerScale,
    SkipConnection,
    Stage,
    StepNorm,
)


@dataclasses.dataclass(frozen=True)
class BlockKind:
    """A registered kind of block.

    Attributes:
        name: the name that `block=` takes.
        stages: function from the width (channels) to the tuple of stages of the branch.
        output_activation: activation that features need before pooling; pre-activation kinds leave it to the head.
        residual: whether the branch's output is added to the features; else it replaces them.
        stem_activation: of kinds whose output is activated and normalized, so that the head needs no norm, the
            activation: the stem then ends in it and a norm. None: the stem is linear, and the head normalizes.
        tokens: whether features are tokens, a class token in front, `(batch, tokens, 1, channels)`, that know their
            position from the stem; else a map.
    """

    name: str
    stages: Callable[[int], tuple[Stage, ...]]
    output_activation: str | None = None
    residual: bool = True
    stem_activation: str | None = None
    tokens: bool = False


_kinds: dict[str, BlockKind] = {}


def register_block(name, stages, output_activation=None, residual=True, stem_activation=None, tokens=False):
    """Adds a kind of block, so that `BlockBank(block=name)` and `ModNet(block=name)` know it.

    Args:
        name: a new name; a name that is taken is refused.
        stages: function from the width to a tuple of `Stage`s, shape in = shape out.
        output_activation: Keras activation that the head applies before pooling, or None.
        residual: whether the stages' output is added to the features; else it replaces them.
        stem_activation: Keras activation that the stem ends in, with a norm behind it, where the stages do and the head
            therefore needs no norm; or None.
        tokens: whether features are tokens with a class token in front, as those of vision transformers.

    Raises:
        ValueError: the name is taken, or the stages do not have unique names for what they own.
    """
    expect(name not in _kinds, "name", f"a name that is not taken ({', '.join(sorted(_kinds))} are)", name)
    named = [stage.name for stage in stages(8) if stage.weights() or isinstance(stage, StepNorm)]
    expect(all(named) and len(set(named)) == len(named), "stages", "stages with unique names", named)
    _kinds[name] = BlockKind(name, stages, output_activation, residual, stem_activation, tokens)


def block_kind(name):
    """Returns the registered `BlockKind` called `name`; raises `ValueError` if there is none."""
    expect_one_of("block", name, sorted(_kinds))
    return _kinds[name]


def basic(width):
    """Pre-activation 3x3-3x3 residual branch (He et al. 2016, "Identity mappings in deep residual networks")."""
    return (
        StepNorm("norm1", width),
        Activation("relu"),
        Conv("conv1", width, width, 3),
        StepNorm("norm2", width),
        Activation("relu"),
        Conv("conv2", width, width, 3),
    )


def bottleneck(width, expansion=4):
    """Inverted bottleneck 1x1-depthwise-1x1 (Sandler et al. 2018, "MobileNetV2"), norms before the activations."""
    inner = expansion * width
    return (
        StepNorm("norm1", width),
        Conv("expand", width, inner),
        StepNorm("norm2", inner),
        Activation("relu"),
        DepthwiseConv("depthwise", inner, 3),
        StepNorm("norm3", inner),
        Activation("relu"),
        Conv("project", inner, width),
    )


def convnext(width):
    """ConvNeXt branch (Liu et al. 2022, "A ConvNet for the 2020s"); its layer norm belongs to the block."""
    return (
        DepthwiseConv("depthwise", width, 7, use_bias=True),
        BlockLayerNorm("norm", width),
        Conv("expand", width, 4 * width, use_bias=True),
        Activation("gelu"),
        Conv("project", 4 * width, width, use_bias=True),
        LayerScale("scale", width),
    )


def convmixer(width, size, activation):
    """ConvMixer layer (Trockman & Kolter 2022, "Patches are all you need?"), norms behind the activations.

    Args:
        width: channels of the features.
        size: side of the depthwise kernel.
        activation: Keras activation.
    """
    return (
        DepthwiseConv("depthwise", width, size, use_bias=True),
        Activation(activation),
        StepNorm("norm1", width),
        SkipConnection(),
        Conv("pointwise", width, width, use_bias=True),
        Activation(activation),
        StepNorm("norm2", width),
    )


def transformer(width, num_heads=None, expansion=4, use_bias=True, epsilon=1e-6, activation="gelu", initial_scale=1.0):
    """Pre-norm vision transformer block with layer scale; its norms belong to the block.

    Other numbers are a kind of their own: `register_block("mine", functools.partial(transformer, num_heads=3),
    residual=False, tokens=True)`.

    Args:
        width: channels of the features.
        num_heads: heads of the attention; divides the width. None: heads of 64 channels, or one where 64 does not
            divide the width.
        expansion: channels inside the MLP, as a multiple of the width.
        use_bias: whether the projections of the attention and the MLP have biases.
        epsilon: what the norms add to the variance.
        activation: Keras activation inside the MLP.
        initial_scale: layer scale of a fresh block.

    Raises:
        ValueError: heads that do not divide the width.

    Reference:
        Dosovitskiy et al. 2021, "An image is worth 16x16 words", arXiv 2010.11929; layer scale: Touvron et al. 2021,
        "Going deeper with image transformers", arXiv 2103.17239.
    """
    if num_heads is None:
        num_heads = width // 64 if width % 64 == 0 else 1
    expect_count("num_heads", num_heads)
    expect(width % num_heads == 0, "num_heads", f"a divisor of the width {width}", num_heads)
    inner, dense = expansion * width, {"use_bias": use_bias, "initializer": _dense_initializer}
    return (
        BlockLayerNorm("norm1", width, epsilon),
        SelfAttention("attention", width, num_heads, use_bias),
        LayerScale("scale1", width, initial_scale),
        SkipConnection(),
        BlockLayerNorm("norm2", width, epsilon),
        Dense("expand", width, inner, **dense),
        Activation(activation),
        Dense("project", inner, width, **dense),
        LayerScale("scale2", width, initial_scale),
        SkipConnection(),
    )


def _dense_initializer():
    return keras.initializers.TruncatedNormal(stddev=0.02)


register_block("transformer", transformer, residual=False, tokens=True)
register_block("basic", basic, output_activation="relu")
register_block("bottleneck", bottleneck)
register_block("convnext", convnext)
for _size, _activation in ((7, "relu"), (9, "gelu")):
    register_block(
        f"convmixer_{_size}_{_activation}",
        functools.partial(convmixer, size=_size, activation=_activation),
        residual=False,
        stem_activation=_activation,
    )
