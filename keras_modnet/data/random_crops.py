"""Random parts of images, resized to the images' own shape."""

import numpy as np
from keras import ops

ASPECTS = (3 / 4, 4 / 3)


def random_crops(images, least_area, generator):
    """Returns crops of random place, size and aspect ratio, resized to the images' own shape, half of them mirrored.

    Args:
        images: `(n, height, width, channels)`.
        least_area: least share of the area; the shares are drawn up to 1, aspect ratios from 3/4 to 4/3.
        generator: numpy generator of all draws.

    Returns:
        A float32 tensor of the shape of `images`, linearly interpolated.

    Reference:
        Szegedy et al. 2015, "Going deeper with convolutions".
    """
    height, width = images.shape[1:3]
    transform = crop_transforms(len(images), height, width, least_area, generator)
    images = ops.convert_to_tensor(images, dtype="float32")
    return ops.image.affine_transform(images, transform, interpolation="bilinear", fill_mode="nearest")


def crop_transforms(count, height, width, least_area, generator):
    """Returns the transforms of `random_crops` as `keras.ops.image.affine_transform` takes them, `(count, 8)`."""
    areas = generator.uniform(least_area, 1, count)
    roots = np.exp(generator.uniform(*np.log(ASPECTS), count) / 2)
    # Shares of the sides; a crop that would be longer than the image is as long as it.
    rows, columns = np.minimum(np.sqrt(areas) / roots, 1), np.minimum(np.sqrt(areas) * roots, 1)
    top, left = (
        generator.uniform(size=count) * (1 - rows) * height,
        generator.uniform(size=count) * (1 - columns) * width,
    )
    mirrored = generator.uniform(size=count) < 0.5
    # Centres of pixels lie at halves: column x of the crop shows (x + 1/2) * share + left - 1/2 of the image.
    slopes = np.where(mirrored, -columns, columns)
    starts = np.where(mirrored, left + columns * width, left)
    zeros = np.zeros(count)
    rows_of = [slopes, zeros, starts + slopes / 2 - 0.5, zeros, rows, top + rows / 2 - 0.5, zeros, zeros]
    return np.stack(rows_of, axis=-1).astype("float32")
