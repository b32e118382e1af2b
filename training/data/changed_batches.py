"""Arrays in memory as batches for training a classifier from scratch: cropped, changed, mixed."""

import numpy as np
from keras import ops

from training.data.batches import ImageBatches
from training.data.drawn_seeds import number_state

ASPECTS = (3 / 4, 4 / 3)


class ChangedBatches(ImageBatches):
    """Batches of one task: random resized crops, half of them mirrored, then changes and mixing.

    Order, full batches and reproducibility are those of `TaskBatches`.

    Args:
        images: uint8 `(n, height, width, channels)`, in the model's shape.
        labels: integers `(n,)`.
        batch_size: images in a batch.
        seed: whole number that fixes order, crops, changes and mixing.
        crop_area: least share of the image that a crop shows.
        changes: an `ImageChanges`.
        mixing: a `LabelMixing`.

    Raises:
        ValueError: if an argument is not of that form.
    """

    def __init__(self, images, labels, batch_size, seed, crop_area, changes, mixing):
        """Checks the arguments; starts at epoch 0."""
        super().__init__(images, labels, batch_size, seed=seed, num_classes=mixing.num_classes)
        self.crop_area, self.changes, self.mixing = crop_area, changes, mixing

    def batch(self, epoch, index):
        """Returns one batch of any epoch: images, uint8, and labels, float32 `(batch_size, num_classes)`."""
        images, labels = super().batch(epoch, index)
        cropped = random_crops(images, self.crop_area, np.random.default_rng([self.seed, epoch, index]))
        changed = self.changes(cropped, number_state(self.seed, epoch, index, 0))
        images, labels = self.mixing(changed, labels, number_state(self.seed, epoch, index, 1))
        return np.rint(ops.convert_to_numpy(images)).astype("uint8"), ops.convert_to_numpy(labels)


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
