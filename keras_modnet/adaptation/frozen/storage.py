"""Where features lie while a head trains on them."""

import contextlib
import math
import pathlib
import shutil
import tempfile

import numpy as np

# What features take of the memory at most, in bytes; those of 50,000 images with 768 channels each take 0.15 GB.
MAX_BYTES = 2 * 1024**3
_BYTES = np.dtype("float32").itemsize


class FeatureStore(contextlib.ExitStack):
    """Keeps float32 arrays for the length of a `with` block, in memory up to `MAX_BYTES`, what does not fit in files.

    Files lie in a folder for temporary files (`tempfile.gettempdir()`), and are removed at the end of the block,
    whatever ends it.
    """

    def __init__(self):
        super().__init__()
        self._left = MAX_BYTES

    def has_room(self, shapes):
        """Returns whether arrays of these shapes fit, in memory or on the disk."""
        wanted = sum(_bytes(shape) for shape in shapes)
        return wanted <= self._left or wanted <= shutil.disk_usage(tempfile.gettempdir()).free

    def keep(self, shape, batches):
        """Returns an array with the rows of some batches.

        Args:
            shape: `(n, ...)` of the array.
            batches: iterable of float32 arrays `(batch, ...)`, n rows in all.
        """
        if _bytes(shape) > self._left:
            return self._in_file(shape, batches)
        self._left -= _bytes(shape)
        kept, start = np.empty(shape, "float32"), 0
        for batch in batches:
            kept[start : start + len(batch)] = batch
            start += len(batch)
        return kept

    def _in_file(self, shape, batches):
        folder = tempfile.TemporaryDirectory(prefix="keras_modnet_", ignore_cleanup_errors=True)
        path = pathlib.Path(self.enter_context(folder)) / "features"
        # Written, and not through memory that stands for the file: a full disk is then an error like others.
        with path.open("wb") as file:
            for batch in batches:
                file.write(np.ascontiguousarray(batch).data)
        return np.memmap(path, "float32", "r", shape=shape)


def _bytes(shape):
    return math.prod(shape) * _BYTES
