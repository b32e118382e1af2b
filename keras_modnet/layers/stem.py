"""From images to features: the only place where the resolution changes."""

import keras
from keras import ops

from keras_modnet.checks import expect, expect_count
from keras_modnet.layers.initial_values import Initial
from keras_modnet.layers.overlapping import OverlappingConvolutions
from keras_modnet.layers.replicas import with_an_image
from keras_modnet.layers.step_norms import StepNorms


@keras.saving.register_keras_serializable(package="keras_modnet")
class IsometricStem(keras.layers.Layer):
    """Embeds patches of images, which may overlap; features keep this resolution and width through all steps.

    Args:
        width: channels of the features.
        patch_size: side of a patch in pixels; height and width of the images are divisible by it.
        mean: pixel value, one number or one a channel, that is subtracted; default 127.5.
        std: pixel value, one number or one a channel, that the difference is divided by; default 127.5.
        activation: Keras activation behind the embedding, or None.
        norm: `"batch"`, `"group"`, `"layer"` or None; behind the activation, shared by all that use the stem.
        epsilon: what norms add to the variance.
        convolutions: 0: one convolution embeds patches that do not overlap. Over 0: so many 3 x 3 convolutions at each
            size do, which overlap; see `OverlappingConvolutions`.
        hidden_norm: norm between overlapping convolutions: `"batch"`, `"group"` or `"layer"`.

    Call arguments:
        images: `(batch, H, W, C)` with values from 0 to 255, any dtype.
        training: whether a batch norm gathers statistics.

    Returns:
        Features `(batch, H / patch_size, W / patch_size, width)`.

    Raises:
        ValueError: a count under one, images of another rank, or sides that the patch size does not divide;
            an unknown norm; a width or a patch size that overlapping convolutions cannot have.

    Example:
        >>> stem = IsometricStem(32, patch_size=4, convolutions=1)
        >>> stem(keras.ops.zeros((1, 28, 28, 1))).shape
        (1, 7, 7, 32)

    Reference:
        Patch embedding: Dosovitskiy et al. 2021; overlapping convolutions: Xiao et al. 2021, arXiv 2106.14881;
        isometric networks: Sandler et al. 2019, arXiv 1909.03205.
    """

    def __init__(
        self,
        width,
        patch_size=4,
        mean=127.5,
        std=127.5,
        activation=None,
        norm=None,
        epsilon=1e-3,
        convolutions=0,
        hidden_norm="batch",
        **kwargs,
    ):
        # Keras would round the pixels to half precision before they are scaled.
        super().__init__(autocast=False, **kwargs)
        expect_count("width", width)
        expect_count("patch_size", patch_size)
        expect_count("convolutions", convolutions, minimum=0)
        self.width, self.patch_size = width, patch_size
        self.mean, self.std = mean, std
        self.activation, self.norm, self.epsilon = activation, norm, epsilon
        self.convolutions, self.hidden_norm = convolutions, hidden_norm
        self.embedding = self._overlapping() if convolutions else self._patches()

    def _patches(self):
        return keras.layers.Conv2D(
            self.width,
            self.patch_size,
            strides=self.patch_size,
            kernel_initializer=Initial("he_normal"),
            bias_initializer=Initial("zeros"),
            data_format="channels_last",
            dtype=self.dtype_policy,
            name="embedding",
        )

    def _overlapping(self):
        # Between convolutions the stem activates as it does at its end.
        hidden = {"norm": self.hidden_norm, "activation": self.activation or "relu", "epsilon": self.epsilon}
        sizes = {"patch_size": self.patch_size, "convolutions": self.convolutions}
        return OverlappingConvolutions(self.width, **sizes, **hidden, dtype=self.dtype_policy, name="embedding")

    def build(self, images_shape):
        """Makes the embedding for the channels of the images."""
        rank4 = len(images_shape) == 4 and None not in images_shape[1:]
        expect(rank4, "images", "of known shape (batch, height, width, channels)", tuple(images_shape))
        divisible = all(side % self.patch_size == 0 for side in images_shape[1:3])
        sides = f"of sides that patch_size={self.patch_size} divides"
        expect(divisible, "images", sides, tuple(images_shape))
        self.embedding.build(images_shape)
        self.norms = None
        if self.norm is not None:
            own = {"epsilon": self.epsilon, "dtype": self.dtype_policy, "name": "norms"}
            self.norms = StepNorms(1, {"output": self.width}, self.norm, **own)
            self.norms.build()
        # Stored once built, so that images of another shape are refused by name and not by a failing convolution.
        self._image_shape = tuple(images_shape[1:])

    def call(self, images, training=None):
        """Scales the pixels, embeds the patches, activates and normalizes them."""
        matches = tuple(images.shape[1:]) == self._image_shape
        expect(matches, "images", f"of shape (batch, {', '.join(map(str, self._image_shape))})", tuple(images.shape))
        pixels = ops.cast(images, "float32")
        scaled = (pixels - ops.convert_to_tensor(self.mean, "float32")) / ops.convert_to_tensor(self.std, "float32")
        features = keras.activations.get(self.activation)(self._embed(ops.cast(scaled, self.compute_dtype), training))
        return features if self.norms is None else self.norms(features, training=training)

    def _embed(self, scaled, training):
        if self.convolutions:
            return self.embedding(scaled, training=training)
        return with_an_image(self.embedding, scaled)

    def variables_by_name(self):
        """Returns `{"kernel": ..., "bias": ..., "output/scale": ...}`, stable names in a stable order.

        With overlapping convolutions `"conv0/kernel"`, `"norm0/scale"` and so on in the place of the first two.
        """
        norms = {} if self.norms is None else self.norms.variables_by_name()
        if self.convolutions:
            return self.embedding.variables_by_name() | norms
        return {"kernel": self.embedding.kernel, "bias": self.embedding.bias} | norms

    def macs(self):
        """Returns multiply-adds for one image."""
        if self.convolutions:
            return self.embedding.macs()
        height, width, channels = self._image_shape
        return height * width * channels * self.width

    def compute_output_shape(self, images_shape):
        """Returns `(batch, H / patch_size, W / patch_size, width)`."""
        batch, height, width, _ = images_shape
        return (batch, height // self.patch_size, width // self.patch_size, self.width)

    def get_config(self):
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "width": self.width,
            "patch_size": self.patch_size,
            "mean": self.mean,
            "std": self.std,
            "activation": self.activation,
            "norm": self.norm,
            "epsilon": self.epsilon,
            "convolutions": self.convolutions,
            "hidden_norm": self.hidden_norm,
        }
