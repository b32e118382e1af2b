"""The domains of `benchmarks.published_domains`, and the images that are drawn of each."""

import functools

import numpy as np

from benchmarks.domain_adaptation.data import SETS as DOMAIN_SETS
from training.data import load, to_shape

SETS = ("pacs", "office31")
# Of a domain: to fit heads to where it is a source, and to adapt to, without labels, where it is left out.
IMAGES, TEST_IMAGES = 150, 200


@functools.lru_cache(maxsize=16)
def draw_domain(set_name, domain, split, seed, data_dir, image_size):
    """Returns images `(n, image_size, image_size, 3)` and labels `(n,)` of a domain.

    Args:
        set_name: key of `domain_adaptation.data.SETS`.
        domain: of the set.
        split: "train": `IMAGES` at most, of a draw by the seed; "test": `TEST_IMAGES` at most, the same for all seeds.
        seed: of the draw.
        data_dir: folder of arrays.
        image_size: side of the images in pixels.
    """
    images, labels = load(DOMAIN_SETS[set_name].domains[domain], split, data_dir)
    most = IMAGES if split == "train" else TEST_IMAGES
    # A draw of the test images, too, since images of a file may be sorted.
    rows = np.random.default_rng(seed if split == "train" else 0).permutation(len(labels))[:most]
    return to_shape(images[rows], (image_size, image_size, 3)), labels[rows]
