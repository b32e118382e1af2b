"""Arrays in memory, and files that are indexed like arrays, as shuffled batches."""

import copy
import math

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count


class ArrayBatches(keras.utils.PyDataset):
    """Batches of `(images, labels)` arrays, in a new order each epoch; the last batch may be smaller.

    The order follows from the seed and the number of the epoch, which `set_epoch` says; so does what `augment` draws,
    and from the number of the batch.

    Args:
        images: `(n, H, W, C)`, n at least 1, or what is indexed like such an array, as `file_arrays.ImageFiles`.
        labels: `(n,)` integers, or rows `(n, num_classes)`.
        weights: `(n,)` sample weights, or None.
        batch_size: images in a batch.
        seed: fixes the orders and the draws.
        augment: what `augmentation.augmentation` returns, or None.

    Raises:
        ValueError: no images, other than one label and weight for each, or a batch size under one.
    """

    def __init__(self, images, labels, weights=None, batch_size=64, seed=0, augment=None):
        super().__init__(workers=1, use_multiprocessing=False)
        expect_count("batch_size", batch_size)
        expect(len(images) > 0, "images", "at least one image", np.shape(images))
        beside = {"labels": labels} | ({} if weights is None else {"weights": weights})
        for name, values in beside.items():
            expect(len(images) == len(values), name, f"one for each of {len(images)} images", len(values))
        self.arrays = (images, *(np.asarray(values) for values in beside.values()))
        self.batch_size, self.seed = batch_size, seed
        self.augment, self.shuffles = augment, True
        self.set_epoch(0)

    def __len__(self):
        """Number of batches."""
        return math.ceil(len(self._order) / self.batch_size)

    def __getitem__(self, index):
        """Returns one batch of the present epoch."""
        rows = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        images, *beside = (values[rows] for values in self.arrays)
        if self.augment is not None:
            draw = np.random.SeedSequence([self.seed, self._epoch, index]).generate_state(1)
            images = self.augment(images, int(draw[0]))
        return images, *beside

    def without_augmentation(self):
        """Returns the same batches of images as they are; what is kept of images is shared."""
        if self.augment is None:
            return self
        plain = copy.copy(self)
        plain.augment = None
        return plain

    def set_epoch(self, epoch):
        """Goes to an epoch, counted from 0, and its order."""
        self._epoch = epoch
        count = len(self.arrays[1])
        drawn = np.random.default_rng([self.seed, epoch])
        self._order = drawn.permutation(count) if self.shuffles else np.arange(count)

    def on_epoch_end(self):
        """Goes on to the next epoch; Keras calls it."""
        self.set_epoch(self._epoch + 1)
