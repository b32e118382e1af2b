"""The sets of domains of `benchmarks.domain_adaptation`: one problem each, drawn or photographed in several ways."""

import dataclasses
import functools

import numpy as np

from benchmarks.domain_adaptation.synthetic_digits import synthetic_digits
from benchmarks.shared.optdigits import digits
from training.data import load, to_shape

# Images of a domain at most.
TRAIN_IMAGES, TEST_IMAGES = 4000, 1500
SPLITS = ("train", "test")
# Files to be had from a folder of arrays only.
ONLY_ARRAYS = ("mnist_m", "emoji", "office31")
# Of the draw of images, the same for all seeds of the training.
DRAW_SEED = 0


@dataclasses.dataclass(frozen=True)
class DomainSet:
    """Domains that share their classes.

    Attributes:
        domains: `{name: name as training.data.load takes it}`; None: made here.
        image_shape: `(height, width, channels)` that all domains are brought to.
        patch_size: side of the stem's patches in pixels.
        batches: batches to train a network on several sources.
        families: domains of the same drawings: never on both sides of source and target.
        start: `(preset, task)` whose stem, blocks and norms networks start from, one block for each step; None: they
            start from scratch.
    """

    domains: dict[str, str | None]
    image_shape: tuple[int, int, int]
    patch_size: int
    batches: int
    families: tuple[tuple[str, ...], ...] = ()
    start: tuple[str, str] | None = None

    def readable(self, data_dir):
        """Returns the domains that can be read: all from a folder of arrays, else those that have a builder."""
        return [domain for domain, file in self.domains.items() if data_dir or _has_builder(file)]

    def sources(self, target, data_dir):
        """Returns the readable domains to learn from where `target` is left out."""
        family = next((names for names in self.families if target in names), (target,))
        return [domain for domain in self.readable(data_dir) if domain not in family]


def _has_builder(file):
    return file is None or file.split("/")[0] not in ONLY_ARRAYS


def _of_file(file, *domains):
    return {domain: f"{file}/{domain}" for domain in domains}


# As the preset has them, which has seen photographs of other things.
PICTURES = {"image_shape": (32, 32, 3), "patch_size": 4, "batches": 500, "start": ("cifar10_reuse", "cifar10")}
SETS = {
    "digits": DomainSet(
        {"mnist": "mnist", "mnist_m": "mnist_m", "synthetic": None, "optdigits": None},
        (16, 16, 3),
        patch_size=2,
        batches=1000,
    ),
    "pacs": DomainSet(_of_file("pacs", "art_painting", "cartoon", "photo", "sketch"), **PICTURES),
    "emoji": DomainSet(
        _of_file("emoji", "noto", "twemoji", "openmoji", "fluent", "fluent_flat"),
        families=(("fluent", "fluent_flat"),),
        **PICTURES,
    ),
    "office31": DomainSet(_of_file("office31", "amazon", "dslr", "webcam"), **PICTURES),
}


@functools.lru_cache(maxsize=16)
def read_domain(name, domain, data_dir):
    """Returns `{"train": (images, labels), "test": (images, labels)}` of a domain, in the shape of its set.

    Args:
        name: of the set.
        domain: of the set.
        data_dir: folder of arrays; None: tensorflow-datasets.
    """
    file = SETS[name].domains[domain]
    splits = {"synthetic": _synthetic, "optdigits": _optdigits}[domain]() if file is None else None
    if splits is None:
        splits = {split: load(file, split, data_dir) for split in SPLITS}
    return {split: _drawn(*splits[split], split, SETS[name].image_shape) for split in SPLITS}


def _drawn(images, labels, split, image_shape):
    most = {"train": TRAIN_IMAGES, "test": TEST_IMAGES}[split]
    # Drawn even where all are taken, since images of a file may be sorted.
    rows = np.random.default_rng(DRAW_SEED).permutation(len(labels))[:most]
    return to_shape(images[rows], image_shape), labels[rows]


def _synthetic():
    counts = {"train": TRAIN_IMAGES, "test": TEST_IMAGES}
    return {split: synthetic_digits(count, seed) for seed, (split, count) in enumerate(counts.items())}


def _optdigits():
    images, labels = digits()
    order, half = np.random.default_rng(DRAW_SEED).permutation(len(labels)), len(labels) // 2
    return {"train": (images[order[half:]], labels[order[half:]]), "test": (images[order[:half]], labels[order[:half]])}
