"""Tensors taken out of a checkpoint by name, each with the shape that it has to have."""

import numpy as np

from keras_modnet.converters.errors import CheckpointError


class StateDict:
    """Arrays of a checkpoint; each is taken once.

    Args:
        path: path of the file that they come from, for errors.
        arrays: `{name: array}`.
    """

    def __init__(self, path, arrays):
        self._path, self._left = path, dict(arrays)

    def take(self, name, shape):
        """Returns a tensor as float32.

        Args:
            name: its name.
            shape: what its shape has to be.

        Raises:
            CheckpointError: it is missing, of another shape, or holds no floats.
        """
        if name not in self._left:
            raise CheckpointError(self._path, f"tensor '{name}' of shape {shape}", "none of this name")
        array = self._left.pop(name)
        if array.shape != shape:
            raise CheckpointError(self._path, f"tensor '{name}' of shape {shape}", f"shape {array.shape}")
        if array.dtype.kind != "f":
            raise CheckpointError(self._path, f"tensor '{name}' of floats", str(array.dtype))
        return array.astype("float32")

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
    return {name: np.stack([block[name] for block in blocks]) for name in blocks[0]}
