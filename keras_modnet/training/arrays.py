"""Arrays in memory as shuffled batches, for library code that takes datasets."""

import math

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count


class ArrayBatches(keras.utils.PyDataset):
    """Batches of `(images, labels)` arrays, in a new order each epoch; the last batch may be smaller.

    Args:
        images: `(n, H, W, C)`, n at least 1.
        labels: `(n,)` integers.
        batch_size: images in a batch.
        seed: fixes the orders.

    Raises:
        ValueError: no images, other than one label for each, or a batch size under one.
    """

    def __init__(self, images, labels, batch_size=64, seed=0):
        super().__init__(workers=1, use_multiprocessing=False)
        expect_count("batch_size", batch_size)
        expect(len(images) > 0, "images", "at least one image", np.shape(images))
        expect(len(images) == len(labels), "labels", f"one for each of {len(images)} images", len(labels))
        self.images, self.labels, self.batch_size = images, np.asarray(labels), batch_size
        self._generator = np.random.default_rng(seed)
        self._order = self._generator.permutation(len(labels))

    def __len__(self):
        """Number of batches."""
        return math.ceil(len(self.labels) / self.batch_size)

    def __getitem__(self, index):
        """Returns one batch of the present epoch."""
        rows = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.images[rows], self.labels[rows]

    def on_epoch_end(self):
        """Draws the next epoch's order; Keras calls it."""
        self._order = self._generator.permutation(len(self.labels))


def as_dataset(data, batch_size, seed):
    """Returns `ArrayBatches` for a pair of arrays, and a dataset as it is.

    Raises:
        ValueError: the data can be read only once.
    """
    if is_pair_of_arrays(data):
        return ArrayBatches(*data, batch_size=batch_size, seed=seed)
    again = iter(data) is not data
    expect(again, "train_data", "arrays or a dataset that can be read again, not a generator", type(data).__name__)
    return data


def is_pair_of_arrays(data):
    """Returns whether data are images and labels as two arrays, and not a dataset of batches."""
    return isinstance(data, tuple | list) and len(data) == 2 and all(hasattr(part, "shape") for part in data)
