"""Random changes to a batch of training images, by layers of Keras."""

import threading

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count, expect_one_of
from training.data.drawn_seeds import number_state
from training.data.image_changes import ImageChanges

KINDS = ("none", "shift", "crop_flip", "randaugment", "channel_shuffle")
SHIFT_PIXELS = 2
CROP_PIXELS = 4


def augmentation(kind, image_shape, seed=0):
    """Makes a random change of images, for `TaskBatches(augment=...)`.

    | kind | change |
    |---|---|
    | `"none"` | none |
    | `"shift"` | each image moved by up to 2 whole pixels: for glyphs |
    | `"crop_flip"` | each image moved by up to 4 whole pixels (pad and crop), half of them mirrored |
    | `"randaugment"` | RandAugment (`ImageChanges`): two operations drawn for a batch, strengths for each image |
    | `"channel_shuffle"` | the colours of each image permuted; Keras has no such layer, so that this needs keras-cv |

    What a move leaves free is black. `training/data/README.md` says what each costs.

    Args:
        kind: one of `"none"`, `"shift"`, `"crop_flip"`, `"randaugment"`, `"channel_shuffle"`.
        image_shape: `(height, width, channels)` of the images, in pixels.
        seed: whole number; with another one, the same draws give other changes. Default 0.

    Returns:
        A callable `augment(images, draw)`. `images`: numpy, uint8 or float `(n, *image_shape)`, values 0 to 255;
        `draw`: a whole number. It returns numpy of the same shape, float32 with values 0 to 255 (`"none"`: the images
        themselves). The same seed, draw and images give the same result.

    Raises:
        ValueError: if an argument is not of that form, or `"channel_shuffle"` is asked for without three channels.
        ImportError: if `"channel_shuffle"` is asked for and keras-cv is not installed.
    """
    expect_one_of("kind", kind, KINDS)
    is_shape = len(image_shape) == 3 and min(image_shape) >= 1
    expect(is_shape, "image_shape", "`(height, width, channels)`, none of them 0", image_shape)
    expect_count("seed", seed, minimum=0)
    if kind == "none":
        return _unchanged
    if kind == "channel_shuffle":
        return _ChannelShuffle(image_shape, seed)
    if kind == "randaugment":
        return _RandAugment(seed)
    layers = {"shift": _shift_layers, "crop_flip": _crop_flip_layers}[kind]
    return _KerasAugmentation(layers(image_shape), seed)


def _unchanged(images, draw):
    return images


def _shift_layers(image_shape):
    return [_move(image_shape, SHIFT_PIXELS)]


def _crop_flip_layers(image_shape):
    # A crop of a zero-padded image is a move; `keras.layers.RandomCrop` draws one place for the whole batch.
    return [_move(image_shape, CROP_PIXELS), keras.layers.RandomFlip("horizontal", dtype="float32")]


def _move(image_shape, pixels):
    height, width, _ = image_shape
    # Nearest: a move by a fraction of a pixel would blur. Float32, so that no global policy rounds the pixels.
    return keras.layers.RandomTranslation(
        pixels / height, pixels / width, fill_mode="constant", interpolation="nearest", dtype="float32"
    )


class _KerasAugmentation:
    """Runs Keras layers whose only state, that of their random generators, is set anew at every call."""

    def __init__(self, layers, seed):
        self.layers = layers
        self.seed = seed
        # TensorFlow reads ahead in a thread: a state must not be set between another one's setting and its use.
        self.lock = threading.Lock()

    def __call__(self, images, draw):
        variables = [variable for layer in self.layers for variable in layer.variables]
        states = _states(self.seed, draw, len(variables))
        with self.lock:
            for variable, state in zip(variables, states, strict=True):
                variable.assign(state.astype(variable.dtype))
            for layer in self.layers:
                images = layer(images, training=True)
        return keras.ops.convert_to_numpy(images)


class _RandAugment:
    """Runs what was drawn of the operations of RandAugment, at half of their ranges."""

    def __init__(self, seed):
        self.changes = ImageChanges(operations=2, strength=0.5, erasing=0)
        self.seed = seed

    def __call__(self, images, draw):
        return keras.ops.convert_to_numpy(self.changes(images, number_state(self.seed, draw)))


class _ChannelShuffle:
    """Runs keras-cv's layer, whose seed is given when it is made: a new one at every call."""

    def __init__(self, image_shape, seed):
        expect(image_shape[2] == 3, "image_shape", "of three channels for 'channel_shuffle'", image_shape)
        try:
            import keras_cv
        except ImportError as error:
            message = "`kind='channel_shuffle'` needs keras-cv and TensorFlow: `pip install keras_modnet[keras-cv]`."
            raise ImportError(message) from error
        self.layer_class = keras_cv.layers.ChannelShuffle
        self.seed = seed

    def __call__(self, images, draw):
        layer = self.layer_class(groups=3, seed=int(_states(self.seed, draw, 1)[0, 0]), dtype="float32")
        return np.asarray(layer(images, training=True))


def _states(seed, draw, count):
    """Returns independent states of `count` random generators, `(count, 2)`, below 2 ** 31: every dtype holds them."""
    return (np.random.SeedSequence([seed, draw]).generate_state(2 * count) >> 1).reshape(count, 2)
