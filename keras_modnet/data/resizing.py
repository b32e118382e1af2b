"""Images of one shape as those of another: what a network takes that was made for other images."""

import keras
import numpy as np

from keras_modnet.checks import expect

# ITU-R BT.601: how bright red, green and blue look.
LUMA = np.array([0.299, 0.587, 0.114], "float32")


def fit_images(images, image_shape):
    """Returns images with the height, width and channels that a model takes; images that have them stay as they are.

    Sizes change by bilinear interpolation, smoothed where images shrink; the aspect may change. Grey becomes RGB by
    repeating it, RGB grey by its luma.

    Args:
        images: `(n, H, W, C)`, pixel values of any range.
        image_shape: `(height, width, channels)`.

    Returns:
        NumPy array `(n, *image_shape)`; float32 unless the images have the shape already.

    Raises:
        ValueError: images of another rank, or channels that cannot become those of the model.
    """
    images = np.asarray(keras.ops.convert_to_numpy(images))
    expect(images.ndim == 4, "images", "of shape (batch, height, width, channels)", images.shape)
    if images.shape[1:] == tuple(image_shape):
        return images
    *size, channels = image_shape
    can = can_fit(images.shape[-1], channels)
    expect(can, "images", f"of {channels} channels, or grey or RGB for RGB or grey", images.shape)
    images = images.astype("float32")
    if (images.shape[-1], channels) == (3, 1):
        images = images @ LUMA[:, None]
    if images.shape[1:3] != tuple(size):
        options = {"interpolation": "bilinear", "antialias": True, "data_format": "channels_last"}
        images = keras.ops.convert_to_numpy(keras.ops.image.resize(images, size, **options))
    return np.repeat(images, 3, axis=-1) if (images.shape[-1], channels) == (1, 3) else images


def can_fit(channels, wanted):
    """Returns whether images of `channels` channels can become such of `wanted`: equal ones, grey and RGB."""
    return channels == wanted or {channels, wanted} == {1, 3}
