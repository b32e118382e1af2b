"""Stages of all blocks of a bank at once: features side by side along the channels, one operation for all blocks.

Joined features are `(batch, height, width, num_blocks * channels)`, block after block. A stage that is not known here
runs block by block.
"""

import functools

from keras import ops

from keras_modnet.layers.mixing import is_norm_of
from keras_modnet.layers.stages import (
    Activation,
    Conv,
    DepthwiseConv,
    LayerScale,
    SkipConnection,
    Stage,
    StepNorm,
    convolve,
)


def branch_of_all(x, stages, stacked, mixture, norms):
    """Runs the stages of every block on the same features and mixes what comes out.

    Args:
        x: `(batch, height, width, channels)`.
        stages: the stages of the block kind.
        stacked: `{"stage/weight": (num_blocks, ...)}`, float32.
        mixture: `(num_blocks,)`, float32, to mix the blocks' outputs with.
        norms: as in `mixing.branch`, by `norms.apply(place, x, mixture) -> x`; `x` may be joined.

    Returns:
        The weighted sum, shape of `x` (Meyerson & Miikkulainen 2018, soft layer ordering).
    """
    skipped, joined, skipped_joined = x, False, False
    for index, stage in enumerate(stages):
        if is_norm_of(norms, stage):
            x = norms.apply(stage.name, x, mixture)
            continue
        if isinstance(stage, SkipConnection):
            x = x + (_join(skipped, mixture.shape[0], skipped_joined) if joined else skipped)
            skipped, skipped_joined = x, joined
            continue
        if isinstance(stage, StepNorm):
            continue
        weights = {name: ops.cast(stacked[f"{stage.name}/{name}"], x.dtype) for name in stage.weights()}
        if index == len(stages) - 1:
            return apply_mixed(stage, x, weights, ops.cast(mixture, x.dtype), joined)
        # Until the first stage with weights all blocks see the same features, so nothing is computed twice.
        if weights or joined:
            x, joined = apply_all(stage, x, weights, mixture.shape[0], joined), True
        else:
            x = stage.apply(x, {})
    return mix(x, ops.cast(mixture, x.dtype), joined)


@functools.singledispatch
def apply_all(stage: Stage, x, weights, num_blocks, joined):
    """Returns joined outputs of one stage of all blocks.

    Args:
        stage: the stage.
        x: joined features, or `(batch, height, width, channels)` that all blocks share.
        weights: `{name: (num_blocks, ...)}` in the dtype of `x`.
        num_blocks: number of blocks.
        joined: whether the features are joined.
    """
    inputs = ops.split(x, num_blocks, axis=-1) if joined else [x] * num_blocks
    rows = {name: ops.unstack(value, num_blocks) for name, value in weights.items()}
    outputs = [
        stage.apply(features, {name: values[block] for name, values in rows.items()})
        for block, features in enumerate(inputs)
    ]
    return ops.concatenate(outputs, axis=-1)


@apply_all.register
def _(stage: Activation, x, weights, num_blocks, joined):
    return stage.apply(x, {})


@apply_all.register
def _(stage: Conv, x, weights, num_blocks, joined):
    kernel, width = weights["kernel"], num_blocks * stage.outputs
    bias = ops.reshape(weights["bias"], (width,)) if stage.use_bias else None
    if not joined:
        # Outputs side by side are outputs of one convolution.
        kernel = ops.reshape(ops.transpose(kernel, (1, 2, 3, 0, 4)), (stage.size, stage.size, stage.inputs, width))
        return convolve(x, kernel, bias)
    if stage.size == 1:
        rows = ops.reshape(x, (-1, *x.shape[1:3], num_blocks, stage.inputs))
        x = ops.einsum("bhwni,nio->bhwno", rows, ops.reshape(kernel, (num_blocks, stage.inputs, stage.outputs)))
        x = ops.reshape(x, (-1, *x.shape[1:3], width))
        return x + bias if stage.use_bias else x
    # No convolution in groups: TensorFlow has no gradient of it on a CPU.
    return apply_all.dispatch(Stage)(stage, x, weights, num_blocks, joined)


@apply_all.register
def _(stage: DepthwiseConv, x, weights, num_blocks, joined):
    width = num_blocks * stage.channels
    kernel = ops.reshape(ops.transpose(weights["kernel"], (1, 2, 0, 3, 4)), (stage.size, stage.size, width, 1))
    bias = ops.reshape(weights["bias"], (width,)) if stage.use_bias else None
    return convolve(_join(x, num_blocks, joined), kernel, bias, ops.depthwise_conv)


@apply_all.register
def _(stage: LayerScale, x, weights, num_blocks, joined):
    return _join(x, num_blocks, joined) * ops.reshape(weights["scale"], (num_blocks * stage.channels,))


def _join(x, num_blocks, joined):
    return x if joined else ops.concatenate([x] * num_blocks, axis=-1)


@functools.singledispatch
def apply_mixed(stage: Stage, x, weights, mixture, joined):
    """Returns the weighted sum over the blocks of one stage's outputs, `(batch, height, width, channels)`.

    Args:
        stage: the stage.
        x: joined features, or features that all blocks share.
        weights: `{name: (num_blocks, ...)}` in the dtype of `x`.
        mixture: `(num_blocks,)` in the dtype of `x`.
        joined: whether the features are joined.
    """
    if not (weights or joined):
        return mix(stage.apply(x, {}), mixture, joined=False)
    return mix(apply_all(stage, x, weights, mixture.shape[0], joined), mixture, joined=True)


@apply_mixed.register
def _(stage: Conv, x, weights, mixture, joined):
    kernel = ops.reshape(mixture, (-1, 1, 1, 1, 1)) * weights["kernel"]
    if joined:
        # A sum over blocks of convolutions is one convolution of all their channels.
        inputs = mixture.shape[0] * stage.inputs
        kernel = ops.reshape(ops.transpose(kernel, (1, 2, 0, 3, 4)), (stage.size, stage.size, inputs, stage.outputs))
    else:
        kernel = ops.sum(kernel, axis=0)
    return convolve(x, kernel, ops.matmul(mixture, weights["bias"]) if stage.use_bias else None)


def mix(x, mixture, joined):
    """Returns the weighted sum over the blocks of joined features; of shared ones, times the sum of the weights."""
    if not joined:
        return x * ops.sum(mixture)
    blocks = ops.reshape(x, (-1, *x.shape[1:3], mixture.shape[0], x.shape[-1] // mixture.shape[0]))
    return ops.sum(blocks * ops.expand_dims(mixture, -1), axis=-2)
