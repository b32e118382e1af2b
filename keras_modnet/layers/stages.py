"""The vocabulary that block kinds are written in: pure maths, its weights, its cost, and the Keras layer it equals.

A block is a tuple of stages. Weights live in the bank, stacked over blocks; a stage only says which weights it needs
and what it does with those of one block.
"""

import dataclasses
from collections.abc import Callable

import keras
from keras import ops

from keras_modnet.layers.replicas import with_an_image


@dataclasses.dataclass(frozen=True)
class Weight:
    """Shape and initializer (a Keras identifier or a function that makes one) of one weight of one block."""

    shape: tuple[int, ...]
    initializer: str | Callable = "he_normal"


class Stage:
    """One stage of a residual branch; subclass it to write a new one.

    Attributes:
        name: unique inside the block; prefix of the names of its weights.
    """

    name: str

    def weights(self):
        """Returns `{weight name: Weight}`, in the order in which `as_layer`'s layer holds them."""
        return {}

    def apply(self, x, weights):
        """Returns the stage's output for features `(batch, height, width, channels)` and the weights of one block."""
        raise NotImplementedError

    def as_layer(self):
        """Returns a fresh plain Keras layer that computes the same from the same weights."""
        raise NotImplementedError

    def call_layer(self, layer, x, name):
        """Returns what a layer of `as_layer` gives for features; layers that it needs beside have names from `name`."""
        return layer(x)

    def macs(self, height, width):
        """Returns multiply-adds for one image with a `height` x `width` feature map."""
        return 0


@dataclasses.dataclass(frozen=True)
class StepNorm(Stage):
    """The place of a norm that belongs to the (task, step) and not to the block.

    Attributes:
        name: the norm's name, unique inside the block.
        channels: channels of the features at this place.
    """

    name: str
    channels: int


@dataclasses.dataclass(frozen=True)
class SkipConnection(Stage):
    """The place inside of a block where features are added: those behind the place before, else those in front."""

    name: str = ""


@dataclasses.dataclass(frozen=True)
class Activation(Stage):
    """An elementwise function, given by its Keras name such as `"relu"` or `"gelu"`."""

    function: str
    name: str = ""

    def apply(self, x, weights):
        """Applies the function; `weights` is empty."""
        return keras.activations.get(self.function)(x)

    def as_layer(self):
        """Returns `keras.layers.Activation`."""
        return keras.layers.Activation(self.function)


@dataclasses.dataclass(frozen=True)
class Conv(Stage):
    """A convolution with stride 1 and "same" padding.

    Attributes:
        name: prefix of the weights.
        inputs: input channels.
        outputs: output channels.
        size: side of the square kernel in pixels of the feature map.
        use_bias: whether a bias is added.
        initializer: Keras initializer of the kernel.
    """

    name: str
    inputs: int
    outputs: int
    size: int = 1
    use_bias: bool = False
    initializer: str | Callable = "he_normal"

    def weights(self):
        """Returns the kernel `(size, size, inputs, outputs)` and, if used, the bias `(outputs,)`."""
        kernel = {"kernel": Weight((self.size, self.size, self.inputs, self.outputs), self.initializer)}
        return kernel | ({"bias": Weight((self.outputs,), "zeros")} if self.use_bias else {})

    def apply(self, x, weights):
        """Convolves."""
        return convolve(x, weights["kernel"], weights.get("bias"))

    def as_layer(self):
        """Returns `keras.layers.Conv2D`."""
        return keras.layers.Conv2D(
            self.outputs, self.size, padding="same", use_bias=self.use_bias, data_format="channels_last"
        )

    def macs(self, height, width):
        """Counts one multiply-add for each kernel element and position."""
        return height * width * self.size**2 * self.inputs * self.outputs


@dataclasses.dataclass(frozen=True)
class DepthwiseConv(Stage):
    """A depthwise convolution with stride 1 and "same" padding; attributes as in `Conv`."""

    name: str
    channels: int
    size: int
    use_bias: bool = False

    def weights(self):
        """Returns the kernel `(size, size, channels, 1)` and, if used, the bias `(channels,)`."""
        kernel = {"kernel": Weight((self.size, self.size, self.channels, 1), _depthwise_initializer)}
        return kernel | ({"bias": Weight((self.channels,), "zeros")} if self.use_bias else {})

    def apply(self, x, weights):
        """Convolves every channel with its own kernel."""
        return convolve(x, weights["kernel"], weights.get("bias"), ops.depthwise_conv)

    def as_layer(self):
        """Returns `keras.layers.DepthwiseConv2D`."""
        return keras.layers.DepthwiseConv2D(
            self.size, padding="same", use_bias=self.use_bias, data_format="channels_last"
        )

    def macs(self, height, width):
        """Counts one multiply-add for each kernel element and position."""
        return height * width * self.size**2 * self.channels


@dataclasses.dataclass(frozen=True)
class BlockLayerNorm(Stage):
    """Layer normalization over channels whose scale and offset belong to the block (Ba et al. 2016).

    A task may have scales and offsets of its own in their place; see `OrderedSteps`.

    Attributes:
        name: prefix of the weights.
        channels: channels of the features.
        epsilon: added to the variance.
    """

    name: str
    channels: int
    epsilon: float = 1e-6

    def weights(self):
        """Returns scale and offset, `(channels,)` each."""
        return {"scale": Weight((self.channels,), "ones"), "offset": Weight((self.channels,), "zeros")}

    def apply(self, x, weights):
        """Normalizes every position over its channels."""
        return ops.layer_normalization(x, weights["scale"], weights["offset"], axis=-1, epsilon=self.epsilon)

    def as_layer(self):
        """Returns `keras.layers.LayerNormalization`."""
        return keras.layers.LayerNormalization(epsilon=self.epsilon)


@dataclasses.dataclass(frozen=True)
class LayerScale(Stage):
    """A learned factor for every channel (Touvron et al. 2021, "Going deeper with image transformers").

    Attributes:
        name: prefix of the weight.
        channels: channels of the features.
        initial: value at the start.
    """

    name: str
    channels: int
    initial: float = 0.1

    def weights(self):
        """Returns the factors as a depthwise 1x1 kernel `(1, 1, channels, 1)`, which is what they are."""
        return {"scale": Weight((1, 1, self.channels, 1), lambda: keras.initializers.Constant(self.initial))}

    def apply(self, x, weights):
        """Scales every channel."""
        return x * ops.reshape(weights["scale"], (self.channels,))

    def as_layer(self):
        """Returns a depthwise 1x1 convolution, so that the static network needs no class of this package."""
        return keras.layers.DepthwiseConv2D(1, use_bias=False, data_format="channels_last")

    def macs(self, height, width):
        """Counts one multiplication for each feature."""
        return height * width * self.channels


def convolve(x, kernel, bias=None, operation=ops.conv):
    """Returns a convolution with stride 1 and "same" padding, and the bias added; the batch may be empty on a replica.

    Args:
        x: `(batch, height, width, channels)`.
        kernel: as `operation` takes it.
        bias: `(outputs,)`, or None.
        operation: `ops.conv` or `ops.depthwise_conv`.
    """

    def convolved(own):
        y = operation(own, kernel, strides=1, padding="same", data_format="channels_last")
        return y if bias is None else y + bias

    return with_an_image(convolved, x)


def _depthwise_initializer():
    # Keras counts fans of a (size, size, channels, 1) kernel as if the channels were summed over; truncated normal 0.02
    # is what ConvNeXt trains with (Liu et al. 2022).
    return keras.initializers.TruncatedNormal(stddev=0.02)
