"""Data and training budgets of the benchmarks."""

import functools

import numpy as np

from training.data import load, to_shape
from training.recipe import Recipe


def bare_recipe(**fields):
    """Returns a `Recipe` of a comparison, that publishes nothing.

    Args:
        **fields: fields of `Recipe` but for those of a card.
    """
    return Recipe(**(dict.fromkeys(("name", "description", "licence", "limits"), "benchmark") | fields))


@functools.lru_cache(maxsize=8)
def whole_split(name, split, image_shape, data_dir):
    """Returns images in a shape and labels of a whole split, kept in memory from job to job.

    Args:
        name: as `training.data.load` takes it.
        split: "train" or "test".
        image_shape: `(height, width, channels)`.
        data_dir: folder of arrays; None: tensorflow-datasets.
    """
    images, labels = load(name, split, data_dir)
    return to_shape(images, image_shape), labels


def draw_images(name, image_shape, data_dir, count, held_out, seed):
    """Returns training images and held-out ones, both drawn from the training split without overlap.

    Args:
        name: as `training.data.load` takes it.
        image_shape: `(height, width, channels)`.
        data_dir: folder of arrays; None: tensorflow-datasets.
        count: images to train on; where there are fewer, all that are not held out.
        held_out: images to select on; at most half of the split.
        seed: of the draw.

    Returns:
        Two pairs `(images, labels)`.
    """
    images, labels = whole_split(name, "train", tuple(image_shape), data_dir)
    rows = np.random.default_rng(seed).permutation(len(images))[: count + held_out]
    held_out = min(held_out, len(rows) // 2)
    first, rest = rows[:held_out], np.sort(rows[held_out:])
    return (images[rest], labels[rest]), (images[first], labels[first])


def num_classes(name, image_shape, data_dir):
    """Returns the number of classes of a data set, known or not: labels count from 0."""
    return 1 + max(int(whole_split(name, split, tuple(image_shape), data_dir)[1].max()) for split in ("train", "test"))
