"""Reads the array format: one `.npz` file a data set, images and labels of each split (see README.md)."""

import pathlib
import zipfile
import zlib

import numpy as np

from training.data.jpeg_arrays import JpegArray


def read_arrays(data_dir, file_name, split, domain=None, skip_bad_images=0):
    """Reads one split of one array file.

    Args:
        data_dir: folder of the file, a path.
        file_name: name of the file without `.npz`.
        split: `"train"` or `"test"`: the end of the arrays' names.
        domain: the beginning of the arrays' names in a file of several domains. Default `None`: no domains.
        skip_bad_images: how many bad JPEG images may be left out, with a warning that lists them. Default 0.

    Returns:
        A pair: images, uint8 `(n, height, width, channels)`, and labels, int32 `(n,)`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if an array is missing or is not what the format asks for; the message names file and array, what
            was expected and what was found.
        ImportError: if the images are JPEG files and Pillow is not installed.
    """
    path = pathlib.Path(data_dir) / f"{file_name}.npz"
    if not path.is_file():
        raise FileNotFoundError(f"`data_dir` must be a folder that holds {path.name}. Received: {str(data_dir)!r}.")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path}: expected an .npz archive of numpy arrays, found another kind of file.")
    with np.load(path, allow_pickle=False) as archive:
        file = _ArrayFile(path, archive, f"{domain}_" if domain else "")
        labels = _read_labels(file, f"y_{split}")
        if f"x_{split}" in file or f"jpeg_{split}" not in file:
            images = _read_images(file, split)
            _expect_labels(file, split, labels, len(images))
            return images, labels
        content = JpegArray(file, split)
        _expect_labels(file, split, labels, len(content))
        images, good = content.decoded(skip_bad_images)
        return images, labels[good]


def _expect_labels(file, split, labels, count):
    file.expect(len(labels) == count, f"y_{split}", f"{count} labels, one for each image", f"{len(labels)} labels")


class _ArrayFile:
    """An open archive that knows its path and the prefix of its domain, for reading and for error messages."""

    def __init__(self, path, archive, prefix):
        self.path = path
        self.archive = archive
        self.prefix = prefix

    def __contains__(self, name):
        return self.prefix + name in self.archive.files

    def read(self, name):
        self.expect(name in self, name, "this array", "only " + ", ".join(sorted(self.archive.files)))
        try:
            return self.archive[self.prefix + name]
        except (ValueError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(self.message(name, "a whole numpy array without Python objects", str(error))) from error

    def expect(self, condition, name, expected, found):
        if not condition:
            raise ValueError(self.message(name, expected, found))

    def message(self, name, expected, found):
        """Returns what an error of an array says."""
        return f"{self.path}, array `{self.prefix}{name}`: expected {expected}, found {found}."


def _read_labels(file, name):
    labels = file.read(name)
    file.expect(labels.ndim == 1, name, "rank 1, `(n,)`", f"shape {labels.shape}")
    file.expect(np.issubdtype(labels.dtype, np.integer), name, "integers", str(labels.dtype))
    file.expect(labels.size > 0, name, "at least one label", "none")
    for extreme in (labels.argmin(), labels.argmax()):
        value = int(labels[extreme])
        found = f"{value} for image {extreme}"
        file.expect(value >= 0, name, "labels from 0 upward", found)
        file.expect(value <= np.iinfo(np.int32).max, name, "labels that int32 holds", found)
    return labels.astype("int32")


def _read_images(file, split):
    name = f"x_{split}"
    images = file.read(name)
    file.expect(images.dtype == np.uint8, name, "uint8", str(images.dtype))
    shapes = "`(n, height, width)` or `(n, height, width, channels)`, none of them 0"
    file.expect(images.ndim in (3, 4) and images.size > 0, name, shapes, f"shape {images.shape}")
    return images if images.ndim == 4 else images[..., np.newaxis]
