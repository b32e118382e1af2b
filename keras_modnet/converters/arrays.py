"""Stored tensors as NumPy arrays: views on the bytes of their storages, inside of their bounds."""

import math

import numpy as np

from keras_modnet.converters.errors import CheckpointError


class StorageReader:
    """Reads each storage of an archive once.

    Args:
        archive: the `Archive`.
    """

    def __init__(self, archive):
        self.archive, self._order = archive, archive.byte_order()
        self._read = {}

    def tensor(self, name, tensor):
        """Returns a `StoredTensor` as a read-only array; bfloat16, which NumPy lacks, as float32.

        Args:
            name: its name, for the error.
            tensor: the `StoredTensor`.

        Raises:
            CheckpointError: it reaches beyond its storage, holds more numbers than that, or the storage is damaged.
        """
        storage, shape = tensor.storage, tensor.shape
        last = tensor.offset + sum((n - 1) * step for n, step in zip(shape, tensor.strides, strict=True))
        # As many numbers as the storage has, so that strides of zero cannot make much of little.
        if math.prod(shape) > storage.size or (math.prod(shape) and last >= storage.size):
            found = f"shape {shape}, strides {tensor.strides}, offset {tensor.offset}"
            raise CheckpointError(self.archive.path, f"'{name}' inside of its {storage.size} numbers", found)
        numbers = self._numbers(storage)[tensor.offset :]
        strides = [step * numbers.itemsize for step in tensor.strides]
        return np.lib.stride_tricks.as_strided(numbers, shape, strides, writeable=False)

    def _numbers(self, storage):
        if storage not in self._read:
            half = storage.dtype == "bfloat16"
            dtype = np.dtype("uint16" if half else storage.dtype).newbyteorder(self._order)
            data = self.archive.read(f"data/{storage.key}", storage.size * dtype.itemsize)
            numbers = np.frombuffer(data, dtype)
            self._read[storage] = from_bfloat16(numbers) if half else numbers
        return self._read[storage]


def from_bfloat16(numbers):
    """Returns bfloat16 numbers as float32, exactly.

    Args:
        numbers: their bits, uint16.
    """
    return (numbers.astype("uint32") << 16).view("float32")
