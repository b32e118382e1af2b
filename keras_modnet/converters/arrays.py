"""Stored tensors as NumPy arrays: views on the bytes of their storages, inside of their bounds."""

import math

import numpy as np

from keras_modnet.converters.errors import CheckpointError
from keras_modnet.converters.safetensors_header import expect_possible


class StorageReader:
    """Reads each storage of an archive once.

    Args:
        archive: the `Archive`.
    """

    def __init__(self, archive):
        self.archive, self._order = archive, archive.byte_order()
        self._read = {}

    def expect_inside(self, name, tensor):
        """Raises `CheckpointError` unless a `StoredTensor` lies inside of its storage, and that in the file.

        Args:
            name: its name, for the error.
            tensor: the `StoredTensor`.
        """
        storage, shape, strides = tensor.storage, tensor.shape, tensor.strides
        try:
            # Of a tensor of no numbers, axes may say anything.
            expect_possible(name, shape, 8)
        except ValueError as error:
            raise CheckpointError(self.archive.path, "tensors that fit into memory", str(error)) from error
        last = tensor.offset + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
        # As many numbers as the storage has, so that strides of zero cannot make much of little.
        if math.prod(shape) > storage.size or (math.prod(shape) and last >= storage.size):
            found = f"shape {shape}, strides {strides}, offset {tensor.offset}"
            raise CheckpointError(self.archive.path, f"'{name}' inside of its {storage.size} numbers", found)
        self.archive.expect_bytes(f"data/{storage.key}", storage.size * self._dtype(storage).itemsize)

    def tensor(self, name, tensor):
        """Returns a `StoredTensor` as a read-only array; bfloat16, which NumPy lacks, as float32.

        Args:
            name: its name, for the error.
            tensor: the `StoredTensor`, inside of its storage.

        Raises:
            CheckpointError: the storage is damaged.
        """
        storage, shape = tensor.storage, tensor.shape
        numbers = self._numbers(storage)
        # An empty tensor lies anywhere.
        numbers = numbers[tensor.offset :] if math.prod(shape) else numbers[:0]
        strides = [step * numbers.itemsize for step in tensor.strides]
        return np.lib.stride_tricks.as_strided(numbers, shape, strides, writeable=False)

    def _dtype(self, storage):
        # NumPy lacks bfloat16: its bits are read.
        return np.dtype("uint16" if storage.dtype == "bfloat16" else storage.dtype).newbyteorder(self._order)

    def _numbers(self, storage):
        if storage not in self._read:
            dtype = self._dtype(storage)
            data = self.archive.read(f"data/{storage.key}", storage.size * dtype.itemsize)
            self._read[storage] = self._checked(storage, np.frombuffer(data, dtype))
        return self._read[storage]

    def _checked(self, storage, numbers):
        if storage.dtype == "bool" and numbers.size and numbers.view("uint8").max() > 1:
            raise CheckpointError(self.archive.path, f"truth values in 'data/{storage.key}', zeros and ones", "others")
        return from_bfloat16(numbers) if storage.dtype == "bfloat16" else numbers


def from_bfloat16(numbers):
    """Returns bfloat16 numbers as float32, exactly.

    Args:
        numbers: their bits, uint16.
    """
    return (np.atleast_1d(numbers).astype("uint32") << 16).view("float32").reshape(numbers.shape)
