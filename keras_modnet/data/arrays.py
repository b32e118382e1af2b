"""Labelled images that library code trains on: arrays and folders as shuffled batches, streams as they are."""

import keras
import numpy as np

from keras_modnet.checks import expect
from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.data.checks import as_array, check_images, check_labels, class_indices
from keras_modnet.data.guarded import guarded
from keras_modnet.data.image_folders import ImageFolder
from keras_modnet.data.resizing import fit_images
from keras_modnet.data.streams import ListedBatches, is_data_loader, is_tf_dataset


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


def labelled_dataset(expected, data, batch_size, seed, argument="train_data", augment=None):
    """Returns `ArrayBatches` for arrays and folders, and a dataset with a check of every batch.

    Args:
        expected: `Expected` of one task.
        data: arrays as `labelled_arrays` takes them; or a dataset of such batches that can be read again, an
            `ImageFolder` among others; iterables that Keras does not know are read into memory.
        batch_size: images in a batch, of arrays.
        seed: fixes the order, of arrays.
        argument: what the data are called in errors.
        augment: as `ArrayBatches` takes it, for arrays.

    Raises:
        ValueError: data that the task cannot take, or that can be read only once.
    """
    expected.expect_classes()
    if is_arrays(data):
        arrays = labelled_arrays(expected, data, argument)
        return ArrayBatches(*arrays, batch_size=batch_size, seed=seed, augment=augment)
    expect(augment is None, "augmentation", f"None where `{argument}` is a dataset", type(data).__name__)
    if isinstance(data, ImageFolder):
        data.expect_for(expected, argument)
        return data
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
