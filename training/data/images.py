"""Gives images the shape that a model takes."""

import numpy as np

from keras_modnet.checks import expect

_MODES = {1: "L", 3: "RGB"}


def to_shape(images, image_shape):
    """Resizes images to fit a model's image shape, and centres them on black.

    An image is enlarged or shrunk, its aspect ratio kept, to the largest size that fits, and zeros fill the rest:
    letters of 16 x 8 become 28 x 14 inside 28 x 28. Of the rules at hand (largest that fits, whole factors only, a
    margin like that of MNIST) this is the one that needs no knowledge of the data set and loses no resolution.
    Greyscale is repeated to three channels; RGB becomes luminance by the ITU-R 601 weights. Images that have the shape
    already are returned as they are.

    Pillow resizes, with a triangle filter that widens as an image shrinks, so that thin strokes stay. It computes in
    integers on the CPU: the same pixels on every Keras backend.

    Args:
        images: uint8 `(n, height, width, channels)`, values 0 to 255, 1 or 3 channels.
        image_shape: `(height, width, channels)` of the result, 1 or 3 channels.

    Returns:
        uint8 `(n, *image_shape)`.

    Raises:
        ValueError: if an argument is not of that form.
        ImportError: if images have to change and Pillow is not installed.
    """
    _check(images, image_shape)
    height, width, channels = image_shape
    if images.shape[1:] == tuple(image_shape):
        return images
    image_module, ops_module = _import_pillow()
    result = np.empty((len(images), *image_shape), "uint8")
    for index, pixels in enumerate(images):
        # Pillow wants greyscale without a channel axis.
        image = image_module.fromarray(pixels if pixels.shape[-1] == 3 else pixels[..., 0])
        fitted = ops_module.pad(
            image.convert(_MODES[channels]), (width, height), image_module.Resampling.BILINEAR, color=0
        )
        result[index] = np.asarray(fitted).reshape(image_shape)
    return result


def _check(images, image_shape):
    is_uint8 = isinstance(images, np.ndarray) and images.dtype == np.uint8
    expect(is_uint8, "images", "a numpy array of uint8", getattr(images, "dtype", type(images)))
    is_image_batch = images.ndim == 4 and images.shape[-1] in _MODES
    expect(is_image_batch, "images", "of shape `(n, height, width, channels)` with 1 or 3 channels", images.shape)
    is_shape = len(image_shape) == 3 and min(image_shape) >= 1 and image_shape[-1] in _MODES
    expect(is_shape, "image_shape", "`(height, width, channels)` with 1 or 3 channels", image_shape)


def _import_pillow():
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise ImportError("`to_shape` resizes with Pillow: `pip install keras_modnet[train]` brings it.") from error
    return Image, ImageOps
