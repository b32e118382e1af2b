"""Random images under the names of real data sets, to see that a benchmark runs."""

import pathlib

import numpy as np

SHAPES = {
    "mnist": (28, 28),
    "fashion_mnist": (28, 28),
    "letters": (16, 8),
    "cifar10": (32, 32, 3),
    "tiny_imagenet": (64, 64, 3),
}
EMOJI_STYLES = ("noto", "twemoji", "fluent", "fluent_flat", "openmoji")
SPLITS = {"train": 40, "test": 16}


def write_smoke_data(folder):
    """Writes `NAME.npz` files with a few random images of two classes, in the format of `--data_dir`.

    Args:
        folder: where to.
    """
    generator, folder = np.random.default_rng(0), pathlib.Path(folder)
    for name, shape in SHAPES.items():
        np.savez(folder / f"{name}.npz", **_arrays(generator, shape, prefix=""))
    emoji = {}
    for style in EMOJI_STYLES:
        emoji |= _arrays(generator, (48, 48, 3), prefix=f"{style}_")
    np.savez(folder / "emoji.npz", **emoji)


def _arrays(generator, shape, prefix):
    arrays = {}
    for split, count in SPLITS.items():
        arrays[f"{prefix}x_{split}"] = generator.integers(0, 256, (count, *shape)).astype("uint8")
        arrays[f"{prefix}y_{split}"] = (np.arange(count) % 2).astype("uint8")
    return arrays
