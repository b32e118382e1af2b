"""Reads the array format: one `.npz` file a data set, images and labels of each split (see README.md)."""

import io
import pathlib
import zipfile
import zlib

import numpy as np


def read_arrays(data_dir, file_name, split, domain=None):
    """Reads one split of one array file.

    Args:
        data_dir: folder of the file, a path.
        file_name: name of the file without `.npz`.
        split: `"train"` or `"test"`: the end of the arrays' names.
        domain: the beginning of the arrays' names in a file of several domains. Default `None`: no domains.

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
        images = _read_images(file, split)
    file.expect(
        len(images) == len(labels), f"y_{split}", f"{len(images)} labels, one for each image", f"{len(labels)} labels"
    )
    return images, labels


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
            raise ValueError(self._message(name, "a whole numpy array without Python objects", str(error))) from error

    def expect(self, condition, name, expected, found):
        if not condition:
            raise ValueError(self._message(name, expected, found))

    def _message(self, name, expected, found):
        return f"{self.path}, array `{self.prefix}{name}`: expected {expected}, found {found}."


def _read_labels(file, name):
    labels = file.read(name)
    file.expect(labels.ndim == 1, name, "rank 1, `(n,)`", f"shape {labels.shape}")
    file.expect(np.issubdtype(labels.dtype, np.integer), name, "integers", str(labels.dtype))
    file.expect(labels.size > 0, name, "at least one label", "none")
    file.expect(labels.min() >= 0, name, "labels from 0 upward", str(labels.min()))
    file.expect(labels.max() <= np.iinfo(np.int32).max, name, "labels that int32 holds", str(labels.max()))
    return labels.astype("int32")


def _read_images(file, split):
    if f"x_{split}" not in file and f"jpeg_{split}" in file:
        return _read_jpeg(file, split)
    name = f"x_{split}"
    images = file.read(name)
    file.expect(images.dtype == np.uint8, name, "uint8", str(images.dtype))
    shapes = "`(n, height, width)` or `(n, height, width, channels)`, none of them 0"
    file.expect(images.ndim in (3, 4) and images.size > 0, name, shapes, f"shape {images.shape}")
    return images if images.ndim == 4 else images[..., np.newaxis]


def _read_jpeg(file, split):
    name, offsets_name = f"jpeg_{split}", f"offsets_{split}"
    data, offsets = file.read(name), file.read(offsets_name)
    file.expect(data.ndim == 1 and data.dtype == np.uint8, name, "uint8 of rank 1", f"{data.dtype} {data.shape}")
    is_list = offsets.ndim == 1 and np.issubdtype(offsets.dtype, np.integer)
    file.expect(is_list, offsets_name, "integers of rank 1", f"{offsets.dtype} {offsets.shape}")
    file.expect(offsets.size > 1, offsets_name, "at least two offsets, for one image", f"{offsets.size}")
    # Compared, not subtracted: differences of unsigned offsets would wrap around.
    ascending = bool(np.all(offsets[1:] > offsets[:-1])) and offsets[0] >= 0
    file.expect(ascending, offsets_name, "offsets that ascend from 0 or more", "others")
    file.expect(offsets[-1] <= data.size, offsets_name, f"offsets up to {data.size}", str(offsets[-1]))
    images = [_decode(file, name, data, offsets, index) for index in range(len(offsets) - 1)]
    shapes = sorted({image.shape for image in images})
    file.expect(len(shapes) == 1, name, "images of one size", f"sizes {shapes[:3]}")
    return np.stack(images)


def _decode(file, name, data, offsets, index):
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(f"{file.path} holds JPEG images: `pip install keras_modnet[train]` brings Pillow.") from error
    content = data[offsets[index] : offsets[index + 1]].tobytes()
    try:
        return np.asarray(Image.open(io.BytesIO(content), formats=("JPEG",)).convert("RGB"))
    except OSError as error:
        message = f"{file.path}, array `{file.prefix}{name}`: expected a JPEG file as image {index}, found {error}."
        raise ValueError(message) from error
