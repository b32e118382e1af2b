"""Batch norms and layer scales folded into the convolutions beside them: pure functions on NumPy arrays."""

import dataclasses

import numpy as np

from keras_modnet.layers.attention import SelfAttention
from keras_modnet.layers.dense import Dense
from keras_modnet.layers.stages import Conv, DepthwiseConv, LayerScale, Stage, StepNorm


@dataclasses.dataclass(frozen=True)
class Part:
    """A stage of one step together with the values that it runs with.

    Attributes:
        index: position of the stage in its block kind, from 0.
        stage: the `Stage`.
        weights: `{name: array}`: those of one block in the shapes of `Stage.weights`; of a `StepNorm` scale, offset
            and, for "batch", mean and variance, `(channels,)` each.
        of_step: whether values of a (task, step) are among them, so that they are no longer those of a block.
    """

    index: int
    stage: Stage
    weights: dict[str, np.ndarray]
    of_step: bool


def fold_parts(parts, epsilon):
    """Folds what is a factor and an offset for each channel into convolutions, wherever that is exact at inference.

    A batch norm or a `LayerScale` goes backwards into the `Conv`, `DepthwiseConv` or `Dense` directly in front of it,
    else forwards into a 1x1 `Conv` or `Dense` directly behind it; a `LayerScale` also into the output of a
    `SelfAttention` in front of it. Group and layer norms follow the features and stay.

    Args:
        parts: tuple of the `Part`s of one step, in the order in which they run.
        epsilon: what the norms add to the variance.

    Returns:
        Tuple of as many `Part`s or fewer, with new float32 arrays where something was folded. Equal to the given ones
        up to rounding: computed in float64 and rounded once.
    """
    backwards = []
    for part in parts:
        if backwards and _convolves(backwards[-1]) and _is_affine(part):
            backwards[-1] = _fold_backwards(backwards[-1], part, epsilon)
        elif backwards and type(backwards[-1].stage) is SelfAttention and type(part.stage) is LayerScale:
            backwards[-1] = _fold_into_attention(backwards[-1], part)
        else:
            backwards.append(part)
    both = []
    for part in reversed(backwards):
        if both and _is_pointwise(both[0]) and _is_affine(part):
            both[0] = _fold_forwards(part, both[0], epsilon)
        else:
            both.insert(0, part)
    return tuple(_as_float32(part) for part in both)


def _convolves(part):
    # Exact types: a subclass may compute something else from its kernel.
    return type(part.stage) in (Conv, DepthwiseConv, Dense)


def _is_pointwise(part):
    # Never a larger kernel: its "same" padding puts zeros around features that are normalized. Folded, the zeros would
    # lie around the features as they were before the norm, and count at the border as if they had been normalized too.
    return type(part.stage) is Dense or (type(part.stage) is Conv and part.stage.size == 1)


def _is_affine(part):
    return type(part.stage) is LayerScale or (isinstance(part.stage, StepNorm) and "mean" in part.weights)


def _affine(part, epsilon):
    """Returns factors and offsets, float64 `(channels,)` each; None for the offsets where there are none."""
    weights = _as_float64(part.weights)
    if type(part.stage) is LayerScale:
        return weights["scale"].reshape(-1), None
    factors = weights["scale"] / np.sqrt(weights["variance"] + epsilon)
    return factors, weights["offset"] - weights["mean"] * factors


def _fold_backwards(convolution, part, epsilon):
    factors, offsets = _affine(part, epsilon)
    weights = _as_float64(convolution.weights)
    # Output channels are the last axis of a kernel, of a depthwise one the last but one.
    kernel = weights["kernel"] * (factors[:, None] if type(convolution.stage) is DepthwiseConv else factors)
    bias = weights["bias"] * factors if "bias" in weights else None
    return _folded(convolution, part, kernel, _sum(bias, offsets))


def _fold_forwards(part, convolution, epsilon):
    factors, offsets = _affine(part, epsilon)
    weights = _as_float64(convolution.weights)
    matrix = weights["kernel"].reshape(len(factors), -1)
    added = None if offsets is None else offsets @ matrix
    return _folded(convolution, part, weights["kernel"] * factors[:, None], _sum(weights.get("bias"), added))


def _fold_into_attention(attention, part):
    factors, _ = _affine(part, 0.0)
    scaled = {
        name: v * factors if name.startswith("output") else v for name, v in _as_float64(attention.weights).items()
    }
    return Part(attention.index, attention.stage, scaled, attention.of_step or part.of_step)


def _folded(convolution, part, kernel, bias):
    stage = dataclasses.replace(convolution.stage, use_bias=bias is not None)
    weights = {"kernel": kernel} | ({} if bias is None else {"bias": bias})
    return Part(convolution.index, stage, weights, convolution.of_step or part.of_step)


def _sum(bias, offsets):
    if bias is None or offsets is None:
        return offsets if bias is None else bias
    return bias + offsets


def _as_float64(weights):
    return {name: np.asarray(value, "float64") for name, value in weights.items()}


def _as_float32(part):
    return dataclasses.replace(part, weights={name: np.asarray(v, "float32") for name, v in part.weights.items()})
