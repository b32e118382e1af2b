"""Random changes to a batch of training images: those of the library, and one that needs keras-cv."""

import numpy as np

from keras_modnet.checks import expect, expect_count
from keras_modnet.data import augmentation as library
from keras_modnet.data.augmentation import generator_states


def augmentation(kind, image_shape, seed=0):
    """Makes a random change of images, for `TaskBatches(augment=...)`.

    `training/data/README.md` says what each costs.

    Args:
        kind: one that `keras_modnet.data.augmentation.augmentation` takes; or `"channel_shuffle"`: the colours of each
            image permuted. Keras has no such layer, so that this needs keras-cv.
        image_shape: `(height, width, channels)` of the images, in pixels.
        seed: whole number; with another one, the same draws give other changes. Default 0.

    Returns:
        A callable `augment(images, draw)`, as there.

    Raises:
        ValueError: if an argument is not of that form, or `"channel_shuffle"` is asked for without three channels.
        ImportError: if `"channel_shuffle"` is asked for and keras-cv is not installed.
    """
    if kind != "channel_shuffle":
        return library.augmentation(kind, image_shape, seed)
    expect_count("seed", seed, minimum=0)
    return _ChannelShuffle(image_shape, seed)


class _ChannelShuffle:
    """Runs keras-cv's layer, whose seed is given when it is made: a new one at every call."""

    def __init__(self, image_shape, seed):
        three = len(image_shape) == 3 and image_shape[2] == 3
        expect(three, "image_shape", "of three channels for 'channel_shuffle'", image_shape)
        try:
            import keras_cv
        except ImportError as error:
            message = "`kind='channel_shuffle'` needs keras-cv and TensorFlow: `pip install keras_modnet[keras-cv]`."
            raise ImportError(message) from error
        self.layer_class = keras_cv.layers.ChannelShuffle
        self.seed = seed

    def __call__(self, images, draw):
        layer = self.layer_class(groups=3, seed=int(generator_states(self.seed, draw, 1)[0, 0]), dtype="float32")
        return np.asarray(layer(images, training=True))
