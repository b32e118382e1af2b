"""Tensors taken out of a checkpoint by name, each with the shape that it has to have."""

import numpy as np

from keras_modnet.converters.errors import CheckpointError

FLOATS = ("float16", "bfloat16", "float32", "float64")


class StateDict:
    """Tensors of a checkpoint; each is taken once.

    Args:
        path: path of the file that they come from, for errors.
        tensors: `{name: read_pth.Stored}`.
        values: whether tensors are read. If not, arrays of zeros of no size in memory stand for them: so that all that
            is wrong with names, shapes and types is found before the first one is read.
    """

    def __init__(self, path, tensors, values=True):
        self._path, self._left, self.values = path, dict(tensors), values

    def take(self, name, shape):
        """Returns a tensor as float32.

        Args:
            name: its name.
            shape: what its shape has to be.

        Raises:
            CheckpointError: it is missing, of another shape, holds no floats, or one that is not finite.
        """
        if name not in self._left:
            raise CheckpointError(self._path, f"tensor '{name}' of shape {shape}", "none of this name")
        stored = self._left.pop(name)
        if stored.shape != shape:
            raise CheckpointError(self._path, f"tensor '{name}' of shape {shape}", f"shape {stored.shape}")
        if stored.dtype not in FLOATS:
            raise CheckpointError(self._path, f"tensor '{name}' of floats", stored.dtype)
        if not self.values:
            return np.broadcast_to(np.float32(0), shape)
        # What float32 cannot hold becomes infinite, and is refused as such.
        with np.errstate(over="ignore"):
            array = stored.read().astype("float32")
        # Of NaN and another number NumPy gives NaN.
        if array.size and not np.isfinite([array.min(), array.max()]).all():
            raise CheckpointError(self._path, f"tensor '{name}' of finite numbers", "one that is not")
        return array

    def variance(self, name, channels):
        """Returns a vector `(channels,)` of numbers that are not negative."""
        array = self.vector(name, channels)
        if array.min() < 0:
            raise CheckpointError(self._path, f"tensor '{name}' of no number under 0", str(array.min()))
        return array

    def has(self, name):
        """Whether a tensor of this name is there and not taken yet."""
        return name in self._left

    def drop(self, name):
        """Leaves out a tensor that the network has no use for, where it is there."""
        self._left.pop(name, None)

    def finish(self):
        """Raises `CheckpointError` if a tensor is left."""
        if self._left:
            name = min(self._left)
            raise CheckpointError(self._path, "the tensors of the architecture alone", f"'{name[:100]}' beside them")

    def kernel(self, name, inputs, outputs, size):
        """Returns the kernel of a convolution `(size, size, inputs, outputs)`; torch has the outputs first."""
        return self.take(name, (outputs, inputs, size, size)).transpose(2, 3, 1, 0)

    def depthwise(self, name, channels, size):
        """Returns the kernel of a depthwise convolution `(size, size, channels, 1)`."""
        return self.take(name, (channels, 1, size, size)).transpose(2, 3, 0, 1)

    def matrix(self, name, inputs, outputs):
        """Returns the kernel of a dense layer `(inputs, outputs)`."""
        return self.take(name, (outputs, inputs)).transpose()

    def vector(self, name, channels):
        """Returns a vector `(channels,)`."""
        return self.take(name, (channels,))


def stacked(blocks):
    """Returns `{name: (len(blocks), ...)}` from one dict of arrays for each block."""
    return {name: _stack([block[name] for block in blocks]) for name in blocks[0]}


def _stack(arrays):
    first = arrays[0]
    if all(array.strides == (0,) * array.ndim for array in arrays):
        # What stands for tensors that are not read yet takes no memory here either.
        return np.broadcast_to(first, (len(arrays), *first.shape))
    return np.stack(arrays)
