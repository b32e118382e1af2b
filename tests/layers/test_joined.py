"""All blocks at once are each block by itself, whatever stages they consist of."""

import numpy as np
import pytest
from keras import ops

from keras_modnet.layers.blocks import basic, bottleneck, convmixer, convnext
from keras_modnet.layers.joined import branch_of_all
from keras_modnet.layers.mixing import branch
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

WIDTH, BLOCKS = 4, 3
MIXTURE = np.array([0.5, 0.125, 0.375], "float32")


class Doubled(Stage):
    """A stage that the package does not know."""

    name = ""

    def apply(self, x, weights):
        return 2.0 * x


KINDS = {
    "basic": basic(WIDTH),
    "bottleneck": bottleneck(WIDTH),
    "convnext": convnext(WIDTH),
    "convmixer": convmixer(WIDTH, 5, "gelu"),
    "ends in a sum": (Conv("conv", WIDTH, WIDTH), SkipConnection()),
    "begins with a sum": (SkipConnection(), Conv("conv", WIDTH, WIDTH)),
    "three finer convolutions": tuple(Conv(f"conv{i}", WIDTH, WIDTH, 3, use_bias=True) for i in range(3)),
    "biases": (DepthwiseConv("a", WIDTH, 3, use_bias=True), Conv("b", WIDTH, 8), Conv("c", 8, WIDTH, use_bias=True)),
    "one convolution": (Conv("conv", WIDTH, WIDTH, 3, use_bias=True),),
    "ends in an activation": (Conv("conv", WIDTH, WIDTH), Activation("relu")),
    "ends in a norm": (Conv("conv", WIDTH, WIDTH), StepNorm("norm", WIDTH)),
    "begins with a scale": (LayerScale("scale", WIDTH), BlockLayerNorm("norm", WIDTH)),
    "unknown stages": (Doubled(), Conv("conv", WIDTH, WIDTH), Doubled()),
    "nothing to learn": (Activation("relu"),),
}


@pytest.mark.parametrize("kind", KINDS)
def test_all_blocks_at_once_are_the_weighted_sum_of_each_alone(kind):
    rng = np.random.default_rng(2)
    x = ops.convert_to_tensor(rng.normal(size=(2, 3, 3, WIDTH)).astype("float32"))
    shapes = {f"{stage.name}/{name}": weight.shape for stage in KINDS[kind] for name, weight in stage.weights().items()}
    stacked = {name: rng.normal(size=(BLOCKS, *shape)).astype("float32") for name, shape in shapes.items()}
    alone = [
        branch(
            x, KINDS[kind], {name: ops.convert_to_tensor(value[block]) for name, value in stacked.items()}, Doubled()
        )
        for block in range(BLOCKS)
    ]
    expected = sum(weight * ops.convert_to_numpy(y) for weight, y in zip(MIXTURE, alone, strict=True))
    tensors = {name: ops.convert_to_tensor(value) for name, value in stacked.items()}
    together = branch_of_all(x, KINDS[kind], tensors, ops.convert_to_tensor(MIXTURE), Doubled())
    np.testing.assert_allclose(ops.convert_to_numpy(together), expected, rtol=1e-4, atol=1e-4)


class Doubled:
    """Stands for norms: something that is done to every channel alike."""

    places = ("norm1", "norm2", "norm3")

    def apply(self, place, x, weights):
        return 2.0 * x
