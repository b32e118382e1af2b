"""Images at another size, on NumPy: the same on every Keras backend, and nothing is compiled for a new size."""

import math

import numpy as np

# Pixels of the result that are computed at once; they share a slice of the images.
_GROUP = 16


def _triangle(distance):
    return np.maximum(1 - distance, 0)


def _cubic(distance):
    # Keys 1981, with the slope -1/2, as Pillow and TensorFlow have it.
    near = (1.5 * distance - 2.5) * distance * distance + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    return np.where(distance < 1, near, np.where(distance < 2, far, 0))


# The kernel as a function of the distance, and how far it reaches.
_KERNELS = {"bilinear": (_triangle, 1), "bicubic": (_cubic, 2)}
INTERPOLATIONS = tuple(_KERNELS)


def resample(images, scaled, offset, wanted, interpolation):
    """Returns a window of images that are scaled to another size.

    A pixel is the mean of those around its place, weighted by the kernel; where images shrink the kernel widens as
    much, so that all of them count (antialiasing). At the borders the weights of what is there are scaled to one.

    Args:
        images: `(n, H, W, C)` numbers.
        scaled: `(height, width)` that the whole images are scaled to.
        offset: `(top, left)` of them in the window, negative where it shows a part.
        wanted: `(height, width)` of the window; zeros where it goes beyond the images.
        interpolation: one of `INTERPOLATIONS`; what "bicubic" puts outside of 0 to 255 is brought there.

    Returns:
        float32 `(n, *wanted, C)`.
    """
    rows = _along(images, 1, scaled[0], offset[0], wanted[0], interpolation)
    # The axis comes first by now: (height, n, W, C), then (width, height, n, C).
    result = _along(rows, 2, scaled[1], offset[1], wanted[1], interpolation).transpose(2, 1, 0, 3)
    return result.clip(0, 255) if interpolation == "bicubic" else result


def _along(images, axis, scaled, offset, wanted, interpolation):
    """Returns images resampled along an axis, which comes first then."""
    kernel, reach = _KERNELS[interpolation]
    length = images.shape[axis]
    ratio = length / int(scaled)
    width = max(ratio, 1.0)
    parts = []
    for first in range(0, wanted, _GROUP):
        place = np.arange(first, min(first + _GROUP, wanted)) - int(offset)
        inside = (place >= 0) & (place < scaled)
        # Outside there is nothing to weigh: the place of the border stands in.
        centre = (place.clip(0, int(scaled) - 1) + 0.5) * ratio - 0.5
        low = max(math.ceil(centre[0] - reach * width), 0)
        high = min(math.floor(centre[-1] + reach * width), length - 1) + 1
        weights = kernel(np.abs(np.arange(low, high) - centre[:, None]) / width)
        weights *= inside[:, None] / weights.sum(1, keepdims=True)
        taken = np.take(images, range(low, high), axis) if axis != 1 else images[:, low:high]
        parts.append(np.tensordot(weights.astype("float32"), taken.astype("float32"), (1, axis)))
    return np.concatenate(parts)
