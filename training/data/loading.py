"""One call for every data set: a whole split as numpy arrays."""

import re

import numpy as np

from keras_modnet.checks import expect, expect_one_of
from training.data.arrays import read_arrays
from training.data.catalog import DATA_SETS

SPLITS = ("train", "fit", "validation", "test")
VALIDATION_DIVISOR = 10
_NAME = re.compile(r"(?P<file>\w[\w-]*)(/(?P<domain>\w[\w-]*))?")


def load(name, split, data_dir=None, skip_bad_images=0):
    """Loads a whole split into memory.

    `"train"` and `"test"` are stored. `"fit"` and `"validation"` part `"train"` in two: its images are permuted by seed
    0, the last tenth of the permutation (rounded down) is `"validation"`, the rest is `"fit"`. The rule is the same for
    both sources, but tensorflow-datasets stores images in an order of its own, so that the two sources put different
    images there.

    Args:
        name: a key of `training.data.DATA_SETS`; with `data_dir` the name of any array file there, or
            `"file/domain"` for a file that holds several domains, for example `"pacs/photo"`.
        split: one of `"train"`, `"fit"`, `"validation"`, `"test"`.
        data_dir: folder of array files `<name>.npz`, as described in `training/data/README.md`. Default `None`: the
            data set comes through tensorflow-datasets, which downloads it the first time.
        skip_bad_images: how many bad JPEG images of an array file may be left out, with a warning that lists them;
            tensorflow-datasets leaves out none. Default 0.

    Returns:
        A pair: images, uint8 `(n, height, width, channels)` with values 0 to 255, and labels, int32 `(n,)`.

    Raises:
        ValueError: if `name` or `split` is not known, if the images have many sizes (`StreamedSplit` reads those), if
            an array is missing or malformed, if a label is not below the known number of classes, or if fewer than ten
            images are to be parted.
        FileNotFoundError: if `data_dir` has no such file.
        ImportError: if a package is needed that is not installed.
    """
    expect_one_of("split", split, SPLITS)
    stored_split = "test" if split == "test" else "train"
    if data_dir is None:
        images, labels = _read_by_name(name, stored_split)
    else:
        images, labels = _read_from_folder(data_dir, name, stored_split, skip_bad_images)
    _check_classes(name, labels)
    if split == stored_split:
        return images, labels
    rows = _part(len(labels), split)
    return images[rows], labels[rows]


def _read_by_name(name, split):
    expected = "one of " + ", ".join(repr(known) for known in DATA_SETS) + ", unless `data_dir` is given"
    expect(name in DATA_SETS, "name", expected, name)
    info = DATA_SETS[name]
    by_name = info.tfds_name is not None
    expect(by_name, "data_dir", f"the folder of {name}.npz, as tensorflow-datasets does not have it", None)
    expect(info.image_shape is not None, "name", "a data set whose images have one size, unless it is streamed", name)
    # Imported here, so that a folder of arrays is enough to train where tensorflow-datasets is not installed.
    from training.data.tfds_source import read_tfds

    return read_tfds(info.tfds_name, info.test_split if split == "test" else split)


def _read_from_folder(data_dir, name, split, skip_bad_images):
    match = _NAME.fullmatch(name)
    expect(match is not None, "name", "'file' or 'file/domain' in letters, digits, '_' and '-'", name)
    return read_arrays(data_dir, match["file"], split, match["domain"], skip_bad_images)


def _check_classes(name, labels):
    if name in DATA_SETS:
        num_classes = DATA_SETS[name].num_classes
        highest = int(labels.argmax())
        found = f"{labels[highest]} for image {highest}"
        expect(labels[highest] < num_classes, f"labels of {name}", f"below {num_classes}, its number of classes", found)


def _part(count, split):
    expected = f"'train' or 'test' where 'train' has fewer than {VALIDATION_DIVISOR} images"
    expect(count >= VALIDATION_DIVISOR, "split", expected, split)
    order = np.random.default_rng(0).permutation(count)
    fit_count = count - count // VALIDATION_DIVISOR
    return order[:fit_count] if split == "fit" else order[fit_count:]
