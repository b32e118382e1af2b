"""The tasks of `benchmarks.organisation`, and which of them are related."""

import numpy as np

from benchmarks.shared.budgets import draw_images, whole_split
from benchmarks.shared.optdigits import digits
from training.data import to_shape

GROUPS = {
    "digits": ("mnist", "optdigits"),
    "emoji": ("noto", "twemoji", "fluent", "fluent_flat"),
    "letters": ("letters",),
    "garments": ("fashion",),
}
DATA = {
    "mnist": "mnist",
    "optdigits": "sklearn",
    "noto": "emoji/noto",
    "twemoji": "emoji/twemoji",
    "fluent": "emoji/fluent",
    "fluent_flat": "emoji/fluent_flat",
    "letters": "letters",
    "fashion": "fashion_mnist",
}
IMAGE_SHAPE, TRAIN_IMAGES = (32, 32, 3), 3_000
# Of the 1,797 small digits; the rest is for the test.
OPTDIGITS_TRAIN = 1_200


def read_task(task, seed, data_dir):
    """Returns `{"train": (images, labels), "test": (images, labels)}` of a task.

    Args:
        task: key of `DATA`.
        seed: of the draw of training images.
        data_dir: folder of arrays.
    """
    if DATA[task] == "sklearn":
        images, labels = digits()
        rows = np.random.default_rng(seed).permutation(len(images))
        parts = {"train": rows[:OPTDIGITS_TRAIN], "test": rows[OPTDIGITS_TRAIN:]}
        return {split: (to_shape(images[own], IMAGE_SHAPE), labels[own]) for split, own in parts.items()}
    train, _ = draw_images(DATA[task], IMAGE_SHAPE, data_dir, TRAIN_IMAGES, 0, seed)
    return {"train": train, "test": whole_split(DATA[task], "test", IMAGE_SHAPE, data_dir)}
