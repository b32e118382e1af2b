"""From pixels to features by overlapping convolutions, in the place of one convolution whose patches do not overlap."""

import itertools
import math

import keras

from keras_modnet.checks import expect, expect_count
from keras_modnet.layers.initial_values import Initial
from keras_modnet.layers.replicas import with_an_image
from keras_modnet.layers.step_norms import StepNorms


@keras.saving.register_keras_serializable(package="keras_modnet")
class OverlappingConvolutions(keras.layers.Layer):
    """Embeds images by 3 x 3 convolutions, while height and width are halved and channels doubled.

    The first convolutions run at the images' own size on `width / patch_size` channels; the first one of every further
    size has stride 2. Between two convolutions lie a norm and an activation; behind the last one nothing.

    Args:
        width: channels of the features; `patch_size` divides it.
        patch_size: how many times smaller height and width become; a power of two.
        convolutions: 3 x 3 convolutions at each size; default 1.
        norm: `"batch"`, `"group"` or `"layer"`; default `"batch"`.
        activation: Keras activation between convolutions; default `"relu"`.
        epsilon: what a norm adds to the variance.

    Call arguments:
        pixels: `(batch, H, W, C)`, scaled.
        training: whether batch norms gather statistics.

    Returns:
        Features `(batch, H / patch_size, W / patch_size, width)`.

    Raises:
        ValueError: a count under one, a patch size that is no power of two, or a width that it does not divide.

    Example:
        >>> layer = OverlappingConvolutions(64, patch_size=4)
        >>> layer(keras.ops.zeros((1, 32, 32, 3))).shape
        (1, 8, 8, 64)

    Reference:
        Xiao et al. 2021, "Early convolutions help transformers see better", arXiv 2106.14881.
    """

    def __init__(self, width, patch_size=4, convolutions=1, norm="batch", activation="relu", epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        for name, count in (("width", width), ("patch_size", patch_size), ("convolutions", convolutions)):
            expect_count(name, count)
        self.width, self.patch_size, self.convolutions = width, patch_size, convolutions
        self.norm, self.activation, self.epsilon = norm, activation, epsilon
        self.channels = convolution_channels(width, patch_size, convolutions)
        self.layers = [
            keras.layers.Conv2D(
                channels,
                3,
                strides=2 if index and index % convolutions == 0 else 1,
                padding="same",
                kernel_initializer=Initial("he_normal"),
                bias_initializer=Initial("zeros"),
                data_format="channels_last",
                dtype=self.dtype_policy,
                name=f"conv{index}",
            )
            for index, channels in enumerate(self.channels)
        ]
        places = {f"norm{index}": channels for index, channels in enumerate(self.channels[:-1])}
        self.norms = StepNorms(1, places, norm, epsilon=epsilon, dtype=self.dtype_policy, name="norms")

    def build(self, pixels_shape):
        """Makes the kernels for the channels of the images, and the norms."""
        shape = pixels_shape
        for layer in self.layers:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.norms.build()
        self._pixels_shape = tuple(pixels_shape)

    def call(self, pixels, training=None):
        """Convolves; between two convolutions normalizes and activates."""
        x, activate = pixels, keras.activations.get(self.activation)
        normalizer = self.norms.begin(training)
        norms = normalizer.step(0)
        for index, layer in enumerate(self.layers):
            if index:
                x = activate(norms.apply(f"norm{index - 1}", x, None))
            x = with_an_image(layer, keras.ops.cast(x, self.compute_dtype))
        normalizer.finish()
        return x

    def variables_by_name(self):
        """Returns `{"conv0/kernel": ..., "conv0/bias": ..., "norm0/scale": ...}`, stable names in a stable order."""
        convolutions = {}
        for layer in self.layers:
            convolutions |= {f"{layer.name}/kernel": layer.kernel, f"{layer.name}/bias": layer.bias}
        return convolutions | self.norms.variables_by_name()

    def macs(self):
        """Returns multiply-adds for one image."""
        shape, total = self._pixels_shape, 0
        for layer in self.layers:
            inputs, shape = shape[-1], layer.compute_output_shape(shape)
            total += 9 * inputs * math.prod(shape[1:])
        return total

    def compute_output_shape(self, pixels_shape):
        """Returns `(batch, H / patch_size, W / patch_size, width)`."""
        batch, height, width, _ = pixels_shape
        return (batch, height // self.patch_size, width // self.patch_size, self.width)

    def get_config(self):
        """Returns the constructor's arguments."""
        names = ("width", "patch_size", "convolutions", "norm", "activation", "epsilon")
        return super().get_config() | {name: getattr(self, name) for name in names}


def convolution_channels(width, patch_size, convolutions):
    """Returns the channels of each convolution in turn.

    Args:
        width: channels of the last ones.
        patch_size: how many times smaller height and width become.
        convolutions: how many there are at each size.

    Raises:
        ValueError: a patch size that is no power of two, or a width that it does not divide.
    """
    power = patch_size & (patch_size - 1) == 0
    expect(power, "patch_size", "a power of two, as overlapping convolutions halve the size", patch_size)
    divisible = f"a multiple of patch_size={patch_size}, as overlapping convolutions double the channels from there"
    expect(width % patch_size == 0, "width", divisible, width)
    sizes = [width // patch_size * 2**halvings for halvings in range(patch_size.bit_length())]
    return list(itertools.chain.from_iterable([channels] * convolutions for channels in sizes))
