"""The new tasks of `benchmarks.transfer`: images that the bank of a preset never saw."""

import dataclasses
import functools
import pathlib

import numpy as np

from benchmarks.shared.budgets import whole_split
from benchmarks.shared.optdigits import digits

# Images a class; "full" is all of them, up to `FULL_IMAGES`.
SIZES = ("5", "20", "100", "full")
FULL_IMAGES, TEST_IMAGES = 2000, 2000


@dataclasses.dataclass(frozen=True)
class Target:
    """A new task.

    Attributes:
        data: name as `training.data.load` takes it; None: scikit-learn's digits.
        preset: whose bank.
        source: task of the preset whose ordering and norms the new one takes over.
    """

    data: str | None
    preset: str
    source: str


TARGETS = {
    "optdigits": Target(None, "digits_reuse", "mnist"),
    "mnist_m": Target("mnist_m", "digits_reuse", "mnist"),
    "emoji": Target("emoji/noto", "cifar10_reuse", "cifar10"),
    "cartoon": Target("pacs/cartoon", "cifar10_reuse", "cifar10"),
    "sketch": Target("pacs/sketch", "cifar10_reuse", "cifar10"),
    "amazon": Target("office31/amazon", "cifar10_reuse", "cifar10"),
}
# To be had from a folder of arrays only.
ONLY_ARRAYS = ("mnist_m", "emoji", "amazon")


def targets_at_hand(data_dir):
    """Returns the names of the targets whose images are to be had.

    Args:
        data_dir: folder of arrays; None: tensorflow-datasets.
    """
    if data_dir is None:
        return [name for name in TARGETS if name not in ONLY_ARRAYS]
    folder = pathlib.Path(data_dir)
    return [name for name, target in TARGETS.items() if target.data is None or _file(folder, target.data).is_file()]


def _file(folder, data):
    return folder / f"{data.partition('/')[0]}.npz"


def draw_task(target, size, seed, image_shape, data_dir):
    """Returns training images of a size and the test images, each `(images, labels)`.

    Args:
        target: key of `TARGETS`.
        size: one of `SIZES`.
        seed: of the draw; the test images are the same for all seeds.
        image_shape: `(height, width, channels)` of the preset.
        data_dir: folder of arrays; None: tensorflow-datasets.
    """
    (images, labels), test = _splits(target, tuple(image_shape), data_dir)
    order = np.random.default_rng(seed).permutation(len(labels))
    if size == "full":
        rows = order[:FULL_IMAGES]
    else:
        rows = np.concatenate([order[labels[order] == own][: int(size)] for own in np.unique(labels)])
    return (images[rows], labels[rows]), test


@functools.lru_cache(maxsize=1)
def _splits(target, image_shape, data_dir):
    name = TARGETS[target].data
    if name is None:
        images, labels = digits()
        order = np.random.default_rng(0).permutation(len(labels))
        half = len(labels) // 2
        return (images[order[half:]], labels[order[half:]]), (images[order[:half]], labels[order[:half]])
    train, test = (whole_split(name, split, image_shape, data_dir) for split in ("train", "test"))
    # One draw for all seeds, since images of a file may be sorted.
    rows = np.random.default_rng(0).permutation(len(test[1]))[:TEST_IMAGES]
    return train, (test[0][rows], test[1][rows])


def part(data, seed):
    """Returns four fifths of the images of each class, at least one, and the rest; each `(images, labels)`.

    Args:
        data: images and labels.
        seed: of the draw.
    """
    images, labels = data
    order = np.random.default_rng(seed).permutation(len(labels))
    held = np.concatenate([own[: max(1, len(own) // 5)] for own in _by_class(order, labels)])
    kept = np.setdiff1d(order, held)
    return (images[kept], labels[kept]), (images[held], labels[held])


def _by_class(order, labels):
    return [order[labels[order] == own] for own in np.unique(labels)]
