"""From images to tokens: patches that know their position, behind a class token."""

import keras
from keras import ops

from keras_modnet.checks import expect
from keras_modnet.layers.initial_values import Initial
from keras_modnet.layers.stem import IsometricStem


@keras.saving.register_keras_serializable(package="keras_modnet")
class TokenStem(keras.layers.Layer):
    """Embeds patches, adds what is learned for each position, and puts tokens in front: a class token, then registers.

    Args:
        width: channels of the features.
        patch_size: side of a patch in pixels; height and width of the images are divisible by it.
        mean: pixel value, one number or one a channel, that is subtracted; default 127.5.
        std: pixel value, one number or one a channel, that the difference is divided by; default 127.5.
        register_tokens: tokens between the class token and the patches; they have no position. Default 0.

    Call arguments:
        images: `(batch, H, W, C)` with values from 0 to 255, any dtype.

    Returns:
        Features `(batch, 1 + register_tokens + H W / patch_size^2, 1, width)`: a column of tokens, patches row by row.

    Raises:
        ValueError: a count under one, of register tokens under zero; images of another rank, or sides that the patch
            size does not divide.

    Reference:
        Dosovitskiy et al. 2021, "An image is worth 16x16 words", arXiv 2010.11929; registers: Darcet et al. 2023,
        "Vision transformers need registers", arXiv 2309.16588.
    """

    def __init__(self, width, patch_size=16, mean=127.5, std=127.5, register_tokens=0, **kwargs):
        # Keras would round the pixels to half precision before they are scaled.
        super().__init__(autocast=False, **kwargs)
        expect_register_tokens(register_tokens)
        self.register_tokens = register_tokens
        self.patches = IsometricStem(width, patch_size, mean, std, dtype=self.dtype_policy, name="patches")

    def build(self, images_shape):
        """Makes the embedding, the tokens and the positions for the patches of the images."""
        self.patches.build(images_shape)
        _, height, width, channels = self.patches.compute_output_shape(images_shape)
        # What vision transformers start from.
        start = {"initializer": Initial(keras.initializers.TruncatedNormal(stddev=0.02)), "autocast": False}
        self.class_token = self.add_weight(shape=(channels,), name="class_token", **start)
        self.positions = self.add_weight(shape=(1 + height * width, channels), name="positions", **start)
        if self.register_tokens:
            shape = (self.register_tokens, channels)
            self.registers = self.add_weight(shape=shape, name="register_tokens", **start)

    def call(self, images, training=None):
        """Embeds the patches and adds tokens and positions."""
        patches = self.patches(images)
        height, width, channels = patches.shape[1:]
        column = ops.reshape(patches, (-1, height * width, 1, channels))
        column = ops.pad(column, ((0, 0), (self.tokens_in_front, 0), (0, 0), (0, 0)))
        return column + ops.cast(ops.expand_dims(self.added(), 1), column.dtype)

    def added(self):
        """Returns what is added to the column of patches with zeros in front, `(tokens, width)`, float32."""
        positions = ops.convert_to_tensor(self.positions)
        first = ops.expand_dims(ops.convert_to_tensor(self.class_token) + positions[0], 0)
        registers = [ops.convert_to_tensor(self.registers)] if self.register_tokens else []
        return ops.concatenate([first, *registers, positions[1:]], axis=0)

    @property
    def tokens_in_front(self):
        """Number of tokens in front of the patches."""
        return 1 + self.register_tokens

    def variables_by_name(self):
        """Returns `{"kernel": ..., "bias": ..., "class_token": ..., "positions": ...}`, stable names and order."""
        registers = {"register_tokens": self.registers} if self.register_tokens else {}
        tokens = {"class_token": self.class_token} | registers | {"positions": self.positions}
        return self.patches.variables_by_name() | tokens

    def macs(self):
        """Returns multiply-adds for one image."""
        return self.patches.macs()

    def compute_output_shape(self, images_shape):
        """Returns `(batch, tokens, 1, width)`."""
        batch, height, width, channels = self.patches.compute_output_shape(images_shape)
        return (batch, self.tokens_in_front + height * width, 1, channels)

    def get_config(self):
        """Returns the constructor's arguments."""
        patches = self.patches.get_config()
        own = {name: patches[name] for name in ("width", "patch_size", "mean", "std")}
        return super().get_config() | own | {"register_tokens": self.register_tokens}


def expect_register_tokens(count):
    """Raises `ValueError` unless this can be a number of register tokens."""
    valid = isinstance(count, int) and not isinstance(count, bool) and count >= 0
    expect(valid, "register_tokens", "a whole number, 0 or more", count)
