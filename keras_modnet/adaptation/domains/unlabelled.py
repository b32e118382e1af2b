"""The door through which a target domain comes in: behind it there are images, and no labels."""

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count
from keras_modnet.data.checks import as_array, check_images
from keras_modnet.data.reading import batches_of
from keras_modnet.data.resizing import fit_images


def read_unlabelled(target, max_images, image_shape, resizing):
    """Reads images of a target domain into memory; whatever comes beside them is dropped unread.

    Args:
        target: images `(n, H, W, C)`; a pair of them and anything else, labels say; or batches of either: a
            `tf.data.Dataset`, a `PyDataset`, a list, or a generator that can be read only once.
        max_images: the first so many are taken; no batch is asked for beyond them, so that a stream need not end.
        image_shape: `(H, W, C)` that the model takes.
        resizing: how arrays of images of other sizes become such: the model's rule. Batches have to be so already.

    Returns:
        Array `(n, H, W, C)`, n from 1 to `max_images`.

    Raises:
        ValueError: no images, other than a model takes, or a count under one.
    """
    expect_count("max_images", max_images)
    taken, count = [], 0
    batches = _batches_of_images(target)
    if _is_array(target):
        batches = (fit_images(images[:max_images], image_shape, resizing) for images in batches)
    for images in batches:
        check_images("target", images, image_shape)
        taken.append(np.asarray(keras.ops.convert_to_numpy(images)))
        count += len(taken[-1])
        if count >= max_images:
            break
    expect(count > 0, "target", "at least one batch of images", "none")
    return np.concatenate(taken)[:max_images]


def _batches_of_images(target):
    if _is_array(target):
        return iter((as_array("target", _images_of(target)),))
    batched = isinstance(target, keras.utils.PyDataset) or hasattr(target, "__iter__")
    expect(batched, "target", "images, or batches of them", type(target).__name__)
    return (_images_of(batch) for batch in batches_of(target))


def _is_array(target):
    return hasattr(target, "shape") or _is_pair(target)


def _is_pair(target):
    """Whether this is (images, labels), and not a list of two batches of images."""
    if not isinstance(target, tuple) or len(target) not in (2, 3):
        return False
    return hasattr(target[0], "shape") and (getattr(target[1], "shape", None) is None or len(target[1].shape) < 3)


def _images_of(batch):
    images = batch[0] if isinstance(batch, tuple | list) else batch
    expect(hasattr(images, "shape"), "target", "batches of images", type(images).__name__)
    return images
