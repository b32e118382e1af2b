"""Random changes of colours that leave shapes alone: what makes domains differ less before anything is learned."""

import numpy as np

GAIN, SHIFT, INVERTED = (0.4, 1.2), 50, 0.5
# Images in floating point at a time.
CHUNK = 1000


def change_pixels(images, generator):
    """Returns images in other colours: half of them inverted, contrast and brightness of each channel drawn anew.

    Args:
        images: uint8 `(n, height, width, channels)`, values 0 to 255.
        generator: numpy generator of all draws, for each image its own.

    Returns:
        uint8 of the same shape.
    """
    count, channels = len(images), images.shape[-1]
    inverted = generator.random(count) < INVERTED
    # One gain and shift of all channels, and smaller ones of each.
    gain = generator.uniform(*GAIN, (count, 1, 1, 1)) * generator.uniform(0.8, 1.2, (count, 1, 1, channels))
    shift = generator.uniform(-SHIFT, SHIFT, (count, 1, 1, 1)) + generator.uniform(-25, 25, (count, 1, 1, channels))
    changed = np.empty_like(images)
    for start in range(0, count, CHUNK):
        own = slice(start, start + CHUNK)
        changed[own] = _recoloured(images[own], inverted[own], gain[own], shift[own])
    return changed


def _recoloured(images, inverted, gain, shift):
    pixels = images.astype("float32")
    pixels[inverted] = 255 - pixels[inverted]
    means = pixels.mean((1, 2, 3), keepdims=True)
    return np.clip(np.rint((pixels - means) * gain + means + shift), 0, 255).astype("uint8")


def changed_copies(images, labels, copies, seed):
    """Returns several changed copies of each image, one after the other, as if each epoch were drawn anew.

    Args:
        images: uint8 `(n, height, width, channels)`.
        labels: `(n,)`.
        copies: how many.
        seed: of the draws.

    Returns:
        Images `(copies * n, ...)` and labels, in random order.
    """
    generator = np.random.default_rng(seed)
    rows = np.concatenate([generator.permutation(len(labels)) for _ in range(copies)])
    return change_pixels(images[rows], generator), labels[rows]
