"""Random changes to a batch of training images, by layers of Keras."""

import threading

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.data.drawn_seeds import number_state
from keras_modnet.data.image_changes import ImageChanges
from keras_modnet.data.random_crops import random_crops

KINDS = ("none", "shift", "crop_flip", "resized_crop", "randaugment")
SHIFT_PIXELS = 2
CROP_PIXELS = 4
# Least share of an image that a random crop shows: photographs of one thing, which seldom fills them.
CROP_AREA = 0.35


def augmentation(kind, image_shape, seed=0, argument="kind"):
    """Makes a random change of images.

    | kind | change |
    |---|---|
    | `"none"` | none |
    | `"shift"` | each image moved by up to 2 whole pixels: for glyphs |
    | `"crop_flip"` | each image moved by up to 4 whole pixels (pad and crop), half are mirrored: small photographs |
    | `"resized_crop"` | a part of each image, at least 35 % of its area, resized to it, half of them mirrored |
    | `"randaugment"` | RandAugment (`ImageChanges`): two operations drawn for a batch, strengths for each image |
    | Keras layers | one layer or a list, such as `[keras.layers.RandomFlip(), keras.layers.RandomRotation(0.1)]` |

    What a move leaves free is black. `"resized_crop"` is for photographs of a model of 64 pixels a side or more.

    Args:
        kind: one of `"none"`, `"shift"`, `"crop_flip"`, `"resized_crop"`, `"randaugment"`; or layers of Keras that take
            pixels from 0 to 255 and return such, and whose only state is that of their random generators.
        image_shape: `(height, width, channels)` of the images, in pixels.
        seed: whole number; with another one, the same draws give other changes. Default 0.
        argument: what the kind is called in errors.

    Returns:
        A callable `augment(images, draw)`. `images`: numpy, uint8 or float `(n, *image_shape)`, values 0 to 255;
        `draw`: a whole number. It returns numpy of the same shape, float32 with values 0 to 255 (`"none"`: the images
        themselves). The same seed, draw and images give the same result.

    Raises:
        ValueError: if an argument is not of that form.

    Reference:
        "resized_crop": Szegedy et al. 2015, "Going deeper with convolutions".
    """
    is_shape = len(image_shape) == 3 and min(image_shape) >= 1
    expect(is_shape, "image_shape", "`(height, width, channels)`, none of them 0", image_shape)
    expect_count("seed", seed, minimum=0)
    layers = _keras_layers(kind)
    if layers is not None:
        return _KerasAugmentation(layers, seed)
    expect_one_of(argument, kind, KINDS)
    if kind == "none":
        return _unchanged
    if kind in ("randaugment", "resized_crop"):
        return {"randaugment": _RandAugment, "resized_crop": _ResizedCrop}[kind](seed)
    layers = {"shift": _shift_layers, "crop_flip": _crop_flip_layers}[kind]
    return _KerasAugmentation(layers(image_shape), seed)


def _keras_layers(kind):
    layers = list(kind) if isinstance(kind, list | tuple) else [kind]
    return layers if layers and all(isinstance(layer, keras.Layer) for layer in layers) else None


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
        states = generator_states(self.seed, draw, len(variables))
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


class _ResizedCrop:
    """Shows a random part of each image."""

    def __init__(self, seed):
        self.seed = seed

    def __call__(self, images, draw):
        cropped = random_crops(images, CROP_AREA, np.random.default_rng([self.seed, draw]))
        return keras.ops.convert_to_numpy(cropped)


def generator_states(seed, draw, count):
    """Returns independent states of `count` random generators, `(count, 2)`, below 2 ** 31: every dtype holds them."""
    return (np.random.SeedSequence([seed, draw]).generate_state(2 * count) >> 1).reshape(count, 2)
