"""Errors in the data are found before training starts."""

import keras
import numpy as np

from keras_modnet.checks import expect, expect_one_of


def checked_arguments(x, y):
    """Takes the first batch out of what `fit` was given.

    Args:
        x: arrays, a dict of arrays, a `tf.data.Dataset`, a `PyDataset`, or an iterable of batches.
        y: labels that go with arrays, or None.

    Returns:
        `(x, y, batch)`: what to hand on to Keras, and the `(images, labels)` to check: all of them where they are
        arrays. A generator is handed on with its first batch in front again.

    Raises:
        ValueError: there is no batch, or no labels.
    """
    if y is not None:
        return x, y, (x, y)
    if isinstance(x, keras.utils.PyDataset):
        expect(x.num_batches is None or x.num_batches > 0, "x", "a dataset with at least one batch", "an empty one")
        return x, None, _pair(x[0])
    expect(hasattr(x, "__iter__") and not isinstance(x, dict), "y", "labels for the images", None)
    batches = iter(x)
    first = next(batches, None)
    expect(first is not None, "x", "a dataset with at least one batch", "an empty one")
    if batches is x:
        x = _with_first(first, batches)
    return x, None, _pair(first)


def _with_first(first, others):
    # Keras takes a generator, and no other iterator.
    yield first
    yield from others


def _pair(batch):
    pair = isinstance(batch, tuple | list) and len(batch) in (2, 3)
    expect(pair, "x", "a dataset of (images, labels) or (images, labels, weights)", type(batch).__name__)
    return batch[0], batch[1]


def check_first_batch(model, images, labels):
    """Checks images and labels by task.

    Args:
        model: a `ModNet`.
        images: tensor for the selected task, or dict by task.
        labels: likewise.

    Returns:
        Names of the tasks in the batch.

    Raises:
        ValueError: an unknown task, labels of other tasks than the images, or data that its task cannot take.
    """
    if not isinstance(images, dict):
        images, labels = {model.selected_task: images}, {model.selected_task: labels}
    expect(len(images) > 0, "x", "images of at least one task", images)
    for name in images:
        expect_one_of("task", name, model.task_names)
    both = isinstance(labels, dict) and set(labels) == set(images)
    received = sorted(labels) if isinstance(labels, dict) else type(labels).__name__
    expect(both, "y", f"a dict with the tasks of the images, {sorted(images)}", received)
    for name, batch in images.items():
        check_images(name, batch, model.image_shape)
        check_labels(name, labels[name], model.num_classes(name), len(batch))
    return tuple(images)


def check_images(task, images, image_shape):
    """Raises `ValueError` unless images are `(n, *image_shape)`, n at least 1, finite numbers."""
    argument = f"images of task {task}"
    shape = tuple(images.shape)
    expect(shape[1:] == tuple(image_shape), argument, f"of shape (batch, {', '.join(map(str, image_shape))})", shape)
    expect(shape[0] != 0, argument, "at least one image", shape)
    values = np.asarray(keras.ops.convert_to_numpy(images))
    if not np.issubdtype(values.dtype, np.integer):
        finite = bool(np.isfinite(values.astype("float32", copy=False)).all())
        expect(finite, argument, "finite numbers", "NaN or infinite values")


def check_labels(task, labels, num_classes, num_images):
    """Raises `ValueError` unless there is a label for each image: an integer under `num_classes`, or a row of them."""
    argument = f"labels of task {task}"
    values = np.asarray(keras.ops.convert_to_numpy(labels))
    expect(len(values) == num_images, argument, f"one for each of {num_images} images", values.shape)
    if values.ndim == 2 and values.shape[-1] != 1:
        expect(values.shape[-1] == num_classes, argument, f"rows of {num_classes} classes", values.shape)
        return
    inside = bool(values.min() >= 0 and values.max() < num_classes)
    expect(inside, argument, f"from 0 to {num_classes - 1}", f"{values.min()} to {values.max()}")


def class_indices(labels):
    """Returns labels as a NumPy array of class indices `(n,)`, from those or from one-hot rows `(n, num_classes)`."""
    labels = np.asarray(keras.ops.convert_to_numpy(labels))
    return labels.argmax(-1) if labels.ndim == 2 and labels.shape[-1] != 1 else labels.reshape(-1)
