"""Reading datasets: all of their batches, the first ones, the first images."""

import itertools

import keras
import numpy as np

from keras_modnet.checks import expect
from keras_modnet.data.checks import class_indices


def batches_of(dataset):
    """Yields the batches of a dataset once."""
    if isinstance(dataset, keras.utils.PyDataset):
        yield from (dataset[index] for index in range(dataset.num_batches))
    else:
        yield from dataset


def first_batches(dataset, count):
    """Yields the images of the first `count` batches of a dataset."""
    yield from (batch[0] for batch in itertools.islice(batches_of(dataset), count))


def first_images(dataset, count, argument="train_data"):
    """Returns the first images and class indices of a dataset, `count` of them or all that there are.

    Raises:
        ValueError: the dataset, named as `argument`, has no batch.
    """
    images, labels, seen = [], [], 0
    for batch in batches_of(dataset):
        images.append(keras.ops.convert_to_numpy(batch[0]))
        labels.append(class_indices(batch[1]))
        seen += len(images[-1])
        if seen >= count:
            break
    expect(seen > 0, argument, "at least one batch", "none")
    return np.concatenate(images)[:count], np.concatenate(labels)[:count]


def has_images(dataset, count):
    """Returns whether a dataset has at least so many images; reads no more batches than that takes."""
    seen = 0
    for batch in batches_of(dataset):
        seen += len(batch[1])
        if seen >= count:
            return True
    return False
