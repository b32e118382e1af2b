"""Errors in images and labels are found before anything is computed from them."""

import warnings

import keras
import numpy as np

from keras_modnet.checks import expect


def as_array(argument, values):
    """Returns values as an array: tensors as they are, lists and tuples as NumPy arrays.

    Raises:
        ValueError: the list cannot be an array, as of images of several sizes.
    """
    if hasattr(values, "shape"):
        return values
    expect(isinstance(values, list | tuple), argument, "an array, a tensor or a list", type(values).__name__)
    parts = [np.asarray(keras.ops.convert_to_numpy(part)) if hasattr(part, "shape") else part for part in values]
    shapes = [np.shape(part) for part in parts]
    other = next((index for index, shape in enumerate(shapes) if shape != shapes[0]), None)
    received = None if other is None else f"{shapes[0]} first, {shapes[other]} in place {other}"
    expect(other is None, argument, "a list whose entries have one shape", received)
    return np.asarray(parts)


def check_images(owner, images, image_shape):
    """Raises `ValueError`, with `owner` in its words, unless images are `(n, *image_shape)`, n from 1, and finite."""
    argument = f"images of {owner}"
    shape = tuple(images.shape)
    expect(shape[1:] == tuple(image_shape), argument, f"of shape (batch, {', '.join(map(str, image_shape))})", shape)
    expect(shape[0] != 0, argument, "at least one image", shape)
    values = _numbers(argument, images)
    if not np.issubdtype(values.dtype, np.integer):
        finite = bool(np.isfinite(values.astype("float32", copy=False)).all())
        expect(finite, argument, "finite numbers", "NaN or infinite values")


def warn_of_small_pixels(owner, images):
    """Warns where the largest value of images that are no whole numbers is at most 1."""
    values = np.asarray(keras.ops.convert_to_numpy(images))
    if not np.issubdtype(values.dtype, np.integer) and values.size and float(values.max()) <= 1:
        warn_of_scaled_pixels(owner)


def warn_of_scaled_pixels(owner):
    """Says that the images look as if somebody had divided them by 255."""
    warnings.warn(
        f"The largest value of the images of {owner} is at most 1. Models take pixels from 0 to 255 and scale them "
        "themselves.",
        stacklevel=2,
    )


def check_labels(owner, labels, num_classes, num_images):
    """Raises `ValueError` unless there is a label for each image: a whole number under `num_classes`, or a row of them.

    Args:
        owner: whose they are, for the error: "task digits".
        labels: `(n,)` or `(n, 1)` whole numbers of any dtype, or rows `(n, num_classes)`.
        num_classes: number of classes.
        num_images: n.
    """
    argument = f"labels of {owner}"
    values = _numbers(argument, labels)
    expect(values.ndim in (1, 2), argument, f"of shape (batch,) or rows of {num_classes} classes", values.shape)
    expect(len(values) == num_images, argument, f"one for each of {num_images} images", values.shape)
    if is_rows(values):
        expect(values.shape[-1] == num_classes, argument, f"rows of {num_classes} classes", values.shape)
        expect(bool(np.isfinite(values).all()), argument, "rows of finite numbers", "NaN or infinite values")
        return
    whole = bool(np.all(values == np.round(values)))
    expect(whole, argument, f"whole numbers from 0 to {num_classes - 1}, or rows of {num_classes}", "fractions")
    inside = bool(values.min() >= 0 and values.max() < num_classes)
    expect(inside, argument, f"from 0 to {num_classes - 1}", f"{values.min()} to {values.max()}")


def is_rows(labels):
    """Returns whether labels are a row over the classes for each image, and not an index."""
    return len(labels.shape) == 2 and labels.shape[-1] != 1


def class_indices(labels):
    """Returns labels as a NumPy array of class indices `(n,)`, from whole numbers or from rows `(n, num_classes)`."""
    labels = np.asarray(keras.ops.convert_to_numpy(labels))
    return labels.argmax(-1) if is_rows(labels) else labels.reshape(-1).astype("int64")


def _numbers(argument, values):
    values = np.asarray(keras.ops.convert_to_numpy(values))
    # `kind`: text and objects; bfloat16 and its like have kind V and a number's size.
    text = values.dtype.kind in "USO"
    expect(not text, argument, "numbers, as `numpy.unique(texts, return_inverse=True)` gives them", "text or objects")
    return values
