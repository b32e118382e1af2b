"""Gives images the shape that a model takes."""

import numpy as np

from keras_modnet import fit_images
from keras_modnet.checks import expect

_CHUNK = 1024


def to_shape(images, image_shape, resizing="pad"):
    """Brings images to a model's image shape, as `keras_modnet.fit_images` does, in whole numbers.

    Recipes train with `"pad"`: an image is enlarged or shrunk, its aspect ratio kept, to the largest size that fits, in
    the centre, and zeros fill the rest: letters of 16 x 8 become 28 x 14 inside 28 x 28. Of the rules at hand (largest
    that fits, whole factors only, a margin like that of MNIST) this is the one that needs no knowledge of the data set
    and loses no resolution.

    Args:
        images: uint8 `(n, height, width, channels)`, values 0 to 255, 1 or 3 channels.
        image_shape: `(height, width, channels)` of the result, 1 or 3 channels.
        resizing: the rule, as `ModNet` takes it.

    Returns:
        uint8 `(n, *image_shape)`; images that have the shape already are returned as they are.

    Raises:
        ValueError: if an argument is not of that form.
    """
    is_uint8 = isinstance(images, np.ndarray) and images.dtype == np.uint8
    expect(is_uint8, "images", "a numpy array of uint8", getattr(images, "dtype", type(images)))
    is_shape = len(image_shape) == 3 and min(image_shape) >= 1
    expect(is_shape, "image_shape", "`(height, width, channels)`", image_shape)
    if images.shape[1:] == tuple(image_shape):
        return images
    result = np.empty((len(images), *image_shape), "uint8")
    for start in range(0, len(images), _CHUNK):
        rows = slice(start, start + _CHUNK)
        result[rows] = np.rint(fit_images(images[rows], image_shape, resizing))
    return result
