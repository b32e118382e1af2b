"""The way from a picture of any size to the images that a model takes: one rule, and one function that follows it."""

import dataclasses
import math

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count
from keras_modnet.data.resampling import INTERPOLATIONS, resample

MODES = ("stretch", "pad", "crop")
# ITU-R BT.601: how bright red, green and blue look.
LUMA = np.array([0.299, 0.587, 0.114], "float32")
# Values of a chunk of images that is resized at once.
_CHUNK = 2**24


@dataclasses.dataclass(frozen=True)
class Resizing:
    """How pictures of any size become a model's images; a picture of the model's size is taken as it is.

    Attributes:
        mode: `"stretch"`: both sides become the model's, whatever the aspect. `"pad"`: the largest size that fits, its
            aspect kept, in the centre; zeros fill the rest. `"crop"`: the smallest size that covers, its aspect kept;
            the centre of it.
        short_side: where "crop" is to show less than that: the short side in pixels of which the centre is taken, at
            least the model's longer side. None: the model's.
        interpolation: `"bilinear"` or `"bicubic"`; either is smoothed where pictures shrink.

    Raises:
        ValueError: one of them is none of these, or a short side that goes with no crop.
    """

    mode: str = "stretch"
    short_side: int | None = None
    interpolation: str = "bilinear"

    def __post_init__(self):
        """Checks them."""
        for known, value in ((MODES, self.mode), (INTERPOLATIONS, self.interpolation)):
            expect(isinstance(value, str) and value in known, "resizing", f"with one of {known}", value)
        if self.short_side is not None:
            expect_count("resizing", self.short_side)
            crops = self.mode == "crop"
            expect(crops, "resizing", 'without a short_side where the mode is not "crop"', self.argument())

    @classmethod
    def of(cls, value, image_shape):
        """Returns the `Resizing` that an argument means.

        Args:
            value: a mode, a dict of attributes with at least the mode, or a `Resizing`.
            image_shape: `(height, width, channels)` of the model.

        Raises:
            ValueError: none of these, or a crop that would not fill the image.
        """
        if not isinstance(value, cls):
            given = {"mode": value} if isinstance(value, str) else value
            names = [field.name for field in dataclasses.fields(cls)]
            known = isinstance(given, dict) and "mode" in given and set(given) <= set(names)
            expect(known, "resizing", f"one of {MODES}, or a dict with some of {names}, the mode among them", value)
            value = cls(**given)
        longest = max(image_shape[:2])
        fills = value.short_side is None or value.short_side >= longest
        expect(fills, "resizing", f"of a short_side from {longest} on, the model's longer side", value.short_side)
        return value

    def argument(self):
        """Returns it as plain data: the mode, or a dict where it says more than that."""
        if self == Resizing(self.mode):
            return self.mode
        short_side = {} if self.short_side is None else {"short_side": int(self.short_side)}
        return {"mode": self.mode} | short_side | {"interpolation": self.interpolation}


def fit_images(images, image_shape, resizing):
    """Returns images with the height, width and channels that a model takes; images that have them stay as they are.

    Grey becomes RGB by repeating it, RGB grey by its luma.

    Args:
        images: `(n, H, W, C)`, pixel values from 0 to 255.
        image_shape: `(height, width, channels)`: `model.image_shape`.
        resizing: `model.resizing`, or another one as `ModNet` takes it.

    Returns:
        NumPy array `(n, *image_shape)`; float32 unless the images have the shape already.

    Raises:
        ValueError: images of another rank or without pixels, channels that cannot become those of the model, or a
            `resizing` that it cannot have.
    """
    resizing = Resizing.of(resizing, image_shape)
    images = np.asarray(keras.ops.convert_to_numpy(images))
    expect(images.ndim == 4, "images", "of shape (batch, height, width, channels)", images.shape)
    if images.shape[1:] == tuple(image_shape):
        return images
    expect(min(images.shape[1:]) > 0, "images", "of at least one pixel", images.shape)
    can = can_fit(images.shape[-1], image_shape[-1])
    expect(can, "images", f"of {image_shape[-1]} channels, or grey or RGB for RGB or grey", images.shape)
    result, size = np.empty((len(images), *image_shape), "float32"), np.array(images.shape[1:3])
    step = max(1, _CHUNK // max(math.prod(images.shape[1:]), math.prod(image_shape)))
    for start in range(0, len(images), step):
        rows = slice(start, start + step)
        result[rows] = fitted(np, resample, images[rows], size, images.shape[-1], image_shape, resizing)
    return result


def fitted(xp, resample, images, size, channels, image_shape, resizing):
    """Returns images as `fit_images` does: the one way that arrays, files and graphs go.

    Args:
        xp: the module that computes: NumPy or TensorFlow.
        resample: `resampling.resample`, or what does the same on tensors.
        images: `(n, H, W, channels)` of that module.
        size: H and W, int64 `(2,)` of that module.
        channels: of the images.
        image_shape: `(height, width, channels)`.
        resizing: the `Resizing`.
    """
    scaled, offset = placement(xp, size, image_shape[:2], resizing)
    images = resample(images, scaled, offset, tuple(image_shape[:2]), resizing.interpolation)
    if (channels, image_shape[-1]) == (3, 1):
        return xp.matmul(images, LUMA[:, None])
    return xp.repeat(images, 3, axis=-1) if (channels, image_shape[-1]) == (1, 3) else images


def placement(xp, size, wanted, resizing):
    """Returns the size that pictures are scaled to, and where their corner then lies in the image.

    Whole numbers throughout, so that an array and a graph agree. Sizes are rounded to the next pixel, that of a given
    short side downward, and offsets as Python's `round` does, as Pillow and torchvision do.

    Args:
        xp: NumPy or TensorFlow.
        size: height and width of the pictures, int64 `(2,)`.
        wanted: `(height, width)` of the image.
        resizing: the `Resizing`.

    Returns:
        `(scaled, offset)`, int64 `(2,)` each: height and width, top and left; negative where the picture is cropped.
    """
    wanted = np.array(wanted, "int64")
    scaled = _scaled(xp, size, wanted, resizing)
    spare = wanted - scaled
    # Half of it, halves to the even neighbour.
    return scaled, (spare + spare // 2 % 2) // 2


def _scaled(xp, size, wanted, resizing):
    if resizing.mode == "stretch":
        return wanted
    other = size[::-1]
    if resizing.short_side is not None:
        same = (size == wanted) & (other == wanted[::-1])
        return xp.where(same, size, resizing.short_side * size // xp.minimum(size, other))
    # What each side is where the other one is as wanted.
    matching = (2 * wanted[::-1] * size + other) // (2 * other)
    return xp.maximum(matching, wanted) if resizing.mode == "crop" else xp.maximum(xp.minimum(matching, wanted), 1)


def can_fit(channels, wanted):
    """Returns whether images of `channels` channels can become such of `wanted`: equal ones, grey and RGB."""
    return channels == wanted or {channels, wanted} == {1, 3}
