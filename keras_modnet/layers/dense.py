"""A dense layer as a stage of a block."""

import dataclasses
from collections.abc import Callable

import keras
from keras import ops

from keras_modnet.layers.stages import Stage, Weight


@dataclasses.dataclass(frozen=True)
class Dense(Stage):
    """A dense layer over the channels of every position; attributes as in `Conv`."""

    name: str
    inputs: int
    outputs: int
    use_bias: bool = True
    initializer: str | Callable = "he_normal"

    def weights(self):
        """Returns the kernel `(inputs, outputs)` and, if used, the bias `(outputs,)`."""
        kernel = {"kernel": Weight((self.inputs, self.outputs), self.initializer)}
        return kernel | ({"bias": Weight((self.outputs,), "zeros")} if self.use_bias else {})

    def apply(self, x, weights):
        """Multiplies every position's channels by the kernel."""
        x = ops.matmul(x, weights["kernel"])
        return x + weights["bias"] if self.use_bias else x

    def as_layer(self):
        """Returns `keras.layers.Dense`."""
        return keras.layers.Dense(self.outputs, use_bias=self.use_bias)

    def macs(self, height, width):
        """Counts one multiply-add for each kernel element and position."""
        return height * width * self.inputs * self.outputs
