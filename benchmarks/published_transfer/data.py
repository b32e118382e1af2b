"""The new tasks of `benchmarks.published_transfer`."""

import functools
import pathlib

import numpy as np

from benchmarks.shared.optdigits import digits
from training.data import load, to_shape

# Images a class; "full" is all of them, up to `FULL_IMAGES`.
SIZES = ("5", "20", "100", "full")
FULL_IMAGES, TEST_IMAGES, IMAGE_SIZE = 5000, 500, 98

# As `training.data.load` takes them; None: scikit-learn's digits.
TARGETS = {
    "letters": "letters",
    "optdigits": None,
    "sketch": "pacs/sketch",
    "cartoon": "pacs/cartoon",
    "amazon": "office31/amazon",
    "cifar10": "cifar10",
}
# Kinds of ways: nothing but a head trains, on features that are computed once; that after a search of an ordering; few
# numbers beside the head; all of the network.
GROUPS = ("heads", "orderings", "few", "whole")
# Far from photographs of things.
FAR = ("letters", "optdigits", "sketch", "cartoon")


def targets_at_hand(data_dir):
    """Returns the names of the targets whose images are in a folder of arrays."""
    files = {name: data and pathlib.Path(data_dir) / f"{data.partition('/')[0]}.npz" for name, data in TARGETS.items()}
    return [name for name, file in files.items() if file is None or file.is_file()]


def draw_task(target, size, seed, data_dir, image_size=IMAGE_SIZE):
    """Returns training images of a size and the test images, each `(images, labels)`.

    Args:
        target: key of `TARGETS`.
        size: one of `SIZES`.
        seed: of the draw; the test images are the same for all seeds.
        data_dir: folder of arrays.
        image_size: side of the images in pixels.
    """
    (images, labels), test = _splits(target, data_dir)
    order = np.random.default_rng(seed).permutation(len(labels))
    if size == "full":
        rows = order[:FULL_IMAGES]
    else:
        rows = np.concatenate([order[labels[order] == own][: int(size)] for own in np.unique(labels)])
    shape = (image_size, image_size, 3)
    return (to_shape(images[rows], shape), labels[rows]), (to_shape(test[0], shape), test[1])


@functools.lru_cache(maxsize=1)
def _splits(target, data_dir):
    name = TARGETS[target]
    if name is None:
        images, labels = digits()
        order = np.random.default_rng(0).permutation(len(labels))
        half = len(labels) // 2
        train, test = ((images[rows], labels[rows]) for rows in (order[half:], order[:half]))
    else:
        train, test = (load(name, split, data_dir) for split in ("train", "test"))
    # One draw for all seeds, since images of a file may be sorted.
    rows = np.random.default_rng(0).permutation(len(test[1]))[:TEST_IMAGES]
    return train, (test[0][rows], test[1][rows])
