"""Arrays in memory as batches for training a classifier from scratch: cropped, changed, mixed."""

import numpy as np
from keras import ops

from keras_modnet.data.drawn_seeds import number_state
from keras_modnet.data.random_crops import random_crops
from training.data.batches import ImageBatches


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
