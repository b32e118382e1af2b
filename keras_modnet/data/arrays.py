"""Labelled images that library code trains on: arrays in memory as shuffled batches, streams as they are."""

import math

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count
from keras_modnet.data.checks import as_array, check_images, check_labels, class_indices
from keras_modnet.data.guarded import guarded
from keras_modnet.data.resizing import fit_images
from keras_modnet.data.streams import ListedBatches, is_data_loader, is_tf_dataset


class ArrayBatches(keras.utils.PyDataset):
    """Batches of `(images, labels)` arrays, in a new order each epoch; the last batch may be smaller.

    The order follows from the seed and the number of the epoch, which `set_epoch` says.

    Args:
        images: `(n, H, W, C)`, n at least 1.
        labels: `(n,)` integers, or rows `(n, num_classes)`.
        weights: `(n,)` sample weights, or None.
        batch_size: images in a batch.
        seed: fixes the orders.

    Raises:
        ValueError: no images, other than one label and weight for each, or a batch size under one.
    """

    def __init__(self, images, labels, weights=None, batch_size=64, seed=0):
        super().__init__(workers=1, use_multiprocessing=False)
        expect_count("batch_size", batch_size)
        expect(len(images) > 0, "images", "at least one image", np.shape(images))
        beside = {"labels": labels} | ({} if weights is None else {"weights": weights})
        for name, values in beside.items():
            expect(len(images) == len(values), name, f"one for each of {len(images)} images", len(values))
        self.arrays = (images, *(np.asarray(values) for values in beside.values()))
        self.batch_size, self.seed = batch_size, seed
        self.set_epoch(0)

    def __len__(self):
        """Number of batches."""
        return math.ceil(len(self._order) / self.batch_size)

    def __getitem__(self, index):
        """Returns one batch of the present epoch."""
        rows = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        return tuple(values[rows] for values in self.arrays)

    def set_epoch(self, epoch):
        """Goes to an epoch, counted from 0, and its order."""
        self._epoch = epoch
        self._order = np.random.default_rng([self.seed, epoch]).permutation(len(self.arrays[1]))

    def on_epoch_end(self):
        """Goes on to the next epoch; Keras calls it."""
        self.set_epoch(self._epoch + 1)


def is_arrays(data):
    """Returns whether data are images and labels, and perhaps weights, and not a dataset of batches."""
    pair = isinstance(data, tuple | list) and len(data) in (2, 3)
    return pair and all(part is None or hasattr(part, "shape") or _is_list(part) for part in data)


def _is_list(part):
    # A list of images or of labels; a tuple would be a batch.
    return isinstance(part, list) and not (part and isinstance(part[0], tuple))


def labelled_arrays(expected, data, argument):
    """Returns `(images, labels)` or `(images, labels, weights)` as arrays that a task takes, checked.

    Args:
        expected: `Expected` of one task.
        data: images `(n, H, W, C)` of any size, which the model's own rule resizes, labels, and perhaps weights, each
            an array or a list.
        argument: what the data are called in errors.

    Raises:
        ValueError: data that the task cannot take.
    """
    images = fit_images(as_array(f"{argument} images", data[0]), expected.image_shape, expected.resizing)
    given = (part for part in (*data[1:], None, None)[:2])
    checked = guarded(expected, images, *given, argument=argument)
    return tuple(_numpy(part) for part in checked if part is not None)


def labelled_dataset(expected, data, batch_size, seed, argument="train_data"):
    """Returns `ArrayBatches` for arrays, and a dataset with a check of every batch.

    Args:
        expected: `Expected` of one task.
        data: arrays as `labelled_arrays` takes them, or a dataset of such batches that can be read again; iterables
            that Keras does not know are read into memory.
        batch_size: images in a batch, of arrays.
        seed: fixes the order, of arrays.
        argument: what the data are called in errors.

    Raises:
        ValueError: data that the task cannot take, or that can be read only once.
    """
    expected.expect_classes()
    if is_arrays(data):
        return ArrayBatches(*labelled_arrays(expected, data, argument), batch_size=batch_size, seed=seed)
    again = hasattr(data, "__iter__") and iter(data) is not data
    dataset = isinstance(data, keras.utils.PyDataset) or again
    expect(dataset, argument, "arrays or a dataset that can be read again, not a generator", type(data).__name__)
    if not (isinstance(data, keras.utils.PyDataset) or is_tf_dataset(data) or is_data_loader(data)):
        data = ListedBatches(list(data))
    return guarded(expected, data, argument=argument)[0]


def images_with_classes(argument, data, image_shape, resizing, num_classes=None, count=None):
    """Returns images and class indices of arrays, resized to what a model takes.

    Args:
        argument: what the data are called in errors.
        data: images `(n, H, W, C)` and labels, arrays or lists.
        image_shape: `(height, width, channels)` of the model.
        resizing: of the model.
        num_classes: of the task; None: as many as the labels have.
        count: the first so many are taken; None: all.

    Raises:
        ValueError: images or labels that are none, or not one label for each image.
    """
    pair = is_arrays(data)
    expect(pair, argument, "a pair of images and labels", type(data).__name__)
    images, labels = as_array(f"{argument} images", data[0])[:count], as_array(f"{argument} labels", data[1])[:count]
    expect(len(images) == len(labels), argument, "one label for each image", (len(images), len(labels)))
    images = fit_images(images, image_shape, resizing)
    check_images(argument, images, image_shape)
    classes = num_classes
    if classes is None:
        classes = labels.shape[-1] if len(labels.shape) == 2 and labels.shape[-1] != 1 else np.iinfo("int32").max
    check_labels(argument, labels, classes, len(images))
    return images, class_indices(labels)


def _numpy(part):
    return np.asarray(keras.ops.convert_to_numpy(part))
