"""Folding alone: the parts that are left compute what all of them did, and are left only where folding is inexact."""

import keras
import numpy as np
import pytest

from keras_modnet.layers import norms
from keras_modnet.layers.attention import SelfAttention
from keras_modnet.layers.dense import Dense
from keras_modnet.layers.stages import Activation, BlockLayerNorm, Conv, DepthwiseConv, LayerScale, StepNorm
from keras_modnet.models.folding import Part, fold_parts

EPSILON = 1e-3
WIDTH = 6
NORM, SECOND_NORM = StepNorm("norm", WIDTH), StepNorm("second_norm", WIDTH)
CONV, POINT = Conv("conv", WIDTH, WIDTH, 3), Conv("point", WIDTH, WIDTH)
BIASED, BIASED_POINT = Conv("biased", WIDTH, WIDTH, 3, use_bias=True), Conv("biased_point", WIDTH, WIDTH, use_bias=True)
DEPTHWISE = DepthwiseConv("depthwise", WIDTH, 3)
RELU, SCALE, OWN_NORM = Activation("relu"), LayerScale("scale", WIDTH), BlockLayerNorm("own_norm", WIDTH)
DENSE, UNBIASED = Dense("dense", WIDTH, WIDTH), Dense("unbiased", WIDTH, WIDTH, use_bias=False)
ATTENTION = SelfAttention("attention", WIDTH, 2)


class RectifiedConv(Conv):
    """A user's own: what is linear in a `Conv` need not be in a subclass of it."""

    def apply(self, x, weights):
        return keras.ops.relu(super().apply(x, weights))


RECTIFIED = RectifiedConv("rectified", WIDTH, WIDTH)

FOLDED = [
    ((CONV, NORM), ["step conv"]),
    ((DEPTHWISE, NORM), ["step depthwise"]),
    ((BIASED, NORM, RELU), ["step biased", "block activation"]),
    ((NORM, POINT), ["step point"]),
    ((RELU, NORM, BIASED_POINT), ["block activation", "step biased_point"]),
    ((CONV, NORM, POINT), ["step conv", "block point"]),
    ((NORM, POINT, SECOND_NORM, SCALE), ["step point"]),
    ((NORM, SECOND_NORM, POINT), ["step point"]),
    ((CONV, SCALE), ["block conv"]),
    ((BIASED, SCALE), ["block biased"]),
    ((DepthwiseConv("depthwise", WIDTH, 3, use_bias=True), SCALE), ["block depthwise"]),
    ((SCALE, POINT), ["block point"]),
    ((DENSE, SCALE), ["block dense"]),
    ((NORM, UNBIASED), ["step unbiased"]),
    ((DENSE, NORM), ["step dense"]),
    ((ATTENTION, SCALE), ["block attention"]),
]
KEPT = [(NORM, CONV), (NORM, DEPTHWISE), (CONV, RELU, NORM, RELU), (CONV, OWN_NORM), (SCALE, RELU), (NORM,)]
KEPT += [(RECTIFIED, NORM), (NORM, RECTIFIED), (CONV, OWN_NORM, NORM, RELU), (NORM, RELU, POINT), (ATTENTION, NORM)]


def ids(stages):
    return "-".join(stage.name or "activation" for stage in stages)


def random_parts(stages, norm="batch"):
    rng = np.random.default_rng(4)
    parts = []
    for index, stage in enumerate(stages):
        of_step = isinstance(stage, StepNorm)
        names = ("scale", "offset", "mean", "variance") if norm == "batch" else ("scale", "offset")
        shapes = dict.fromkeys(names, (WIDTH,)) if of_step else {n: w.shape for n, w in stage.weights().items()}
        # Scales of both signs; variances are positive.
        weights = {name: rng.normal(size=shape).astype("float32") for name, shape in shapes.items()}
        weights |= {"variance": np.square(weights["variance"])} if "variance" in weights else {}
        parts.append(Part(index, stage, weights, of_step))
    return tuple(parts)


def run(parts, x):
    for part in parts:
        weights = {name: keras.ops.convert_to_tensor(value) for name, value in part.weights.items()}
        if isinstance(part.stage, StepNorm):
            x = norms.normalize(x, *(weights[name] for name in ("mean", "variance", "scale", "offset")), EPSILON)
        else:
            x = part.stage.apply(x, weights)
    return keras.ops.convert_to_numpy(x)


def described(parts):
    labels = (part.stage.name or type(part.stage).__name__.lower() for part in parts)
    return [f"{'step' if part.of_step else 'block'} {label}" for part, label in zip(parts, labels, strict=True)]


@pytest.mark.parametrize(("stages", "left"), FOLDED, ids=[ids(stages) for stages, _ in FOLDED])
def test_folded_parts_compute_what_all_of_them_did(stages, left):
    parts = random_parts(stages)
    folded = fold_parts(parts, EPSILON)
    assert described(folded) == left
    # An image that is not zero at its border, where the padding is.
    x = keras.ops.convert_to_tensor(np.random.default_rng(6).normal(1, 1, (2, 4, 4, WIDTH)), "float32")
    expected = run(parts, x)
    np.testing.assert_allclose(run(folded, x), expected, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("stages", KEPT, ids=ids)
def test_what_would_be_inexact_stays(stages):
    parts = random_parts(stages)
    folded = fold_parts(parts, EPSILON)
    assert described(folded) == described(parts)
    for part, other in zip(folded, parts, strict=True):
        assert part.stage is other.stage
        assert all(part.weights[name] is value for name, value in other.weights.items())


def test_norms_without_statistics_stay():
    parts = random_parts((CONV, NORM, POINT), norm="group")
    assert described(fold_parts(parts, EPSILON)) == ["block conv", "step norm", "block point"]


def test_a_bias_appears_where_there_is_an_offset_only():
    with_norm, with_scale = (fold_parts(random_parts((CONV, stage)), EPSILON)[0] for stage in (NORM, SCALE))
    assert with_norm.stage == Conv("conv", WIDTH, WIDTH, 3, use_bias=True)
    assert list(with_norm.weights) == list(with_norm.stage.weights()) == ["kernel", "bias"]
    assert with_scale.stage == CONV


def test_values_are_rounded_once():
    parts = random_parts((CONV, NORM, SCALE))
    (folded,) = fold_parts(parts, EPSILON)
    conv, norm, scale = ({name: value.astype("float64") for name, value in part.weights.items()} for part in parts)
    factor = norm["scale"] / np.sqrt(norm["variance"] + EPSILON)
    by = scale["scale"].reshape(-1)
    np.testing.assert_array_equal(folded.weights["kernel"], (conv["kernel"] * factor * by).astype("float32"))
    bias = (norm["offset"] - norm["mean"] * factor) * by
    np.testing.assert_array_equal(folded.weights["bias"], bias.astype("float32"))
    assert {value.dtype.name for value in folded.weights.values()} == {"float32"}


def test_what_goes_in_stays_as_it_is():
    parts = random_parts((NORM, POINT, SECOND_NORM))
    before = [{name: value.copy() for name, value in part.weights.items()} for part in parts]
    fold_parts(parts, EPSILON)
    for part, values in zip(parts, before, strict=True):
        for name, value in values.items():
            np.testing.assert_array_equal(part.weights[name], value)
