"""The one door to published checkpoints: from a file to arrays by name, and nothing in it is run."""

import contextlib
import dataclasses
import functools
import os
from collections.abc import Callable

import numpy as np

from keras_modnet.converters.archive import Archive
from keras_modnet.converters.arrays import StorageReader, from_bfloat16
from keras_modnet.converters.errors import CheckpointError
from keras_modnet.converters.regular_files import open_regular
from keras_modnet.converters.safetensors_header import read_entry, read_header
from keras_modnet.converters.unpickling import StoredTensor, unpickle

MAX_CHECKPOINT_BYTES = 16 * 2**30
"""Largest file. Above that of any network with equal blocks that is known to be published."""

STATE_DICT_KEYS = ("model", "state_dict")
"""Under which names a file keeps its weights where it holds other things, too."""


@dataclasses.dataclass(frozen=True)
class Stored:
    """One tensor of an open checkpoint.

    Attributes:
        shape: its shape.
        dtype: NumPy's name of its type, or "bfloat16".
        read: function that returns it as a read-only array; bfloat16 as float32.
    """

    shape: tuple[int, ...]
    dtype: str
    read: Callable[[], np.ndarray]


def read_pth(path):
    """Reads the weights in a file of `torch.save` (the zip format of torch 1.6 and later) or of safetensors.

    Torch is not needed. What the file is, its content says, not its name. The weights are the file's one dict of
    tensors, or the one under "model" or "state_dict". The pickle in the file is read as data: names of tensors and of
    plain values stand for functions of this package, any other name is refused, and nothing of it is ever imported or
    called. Check sums, sizes and the bounds of every tensor are checked; memory is made for what was found to be there.

    Args:
        path: path of the file.

    Returns:
        `{name: array}`, read-only; bfloat16 as float32.

    Raises:
        CheckpointError: the file is missing, truncated, altered, of another format, or holds something else.
    """
    with open_checkpoint(path) as tensors:
        return {name: stored.read() for name, stored in tensors.items()}


@contextlib.contextmanager
def open_checkpoint(path):
    """Opens a checkpoint as `read_pth` does, and reads none of its tensors.

    Args:
        path: path of the file.

    Yields:
        `{name: Stored}`, of use as long as the context lasts.

    Raises:
        CheckpointError: as `read_pth` raises it.
    """
    path = os.fspath(path)
    with open_regular(path, CheckpointError) as (file, size):
        if size > MAX_CHECKPOINT_BYTES:
            raise CheckpointError(path, f"at most {MAX_CHECKPOINT_BYTES} bytes", f"{size} bytes")
        yield _described(path, file, size)


def _described(path, file, size):
    start = file.read(9)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        return _describe_zip(path, file, size)
    if start[8:9] == b"{":
        return _describe_safetensors(path, file, size)
    expected = "a file of torch.save (torch 1.6 and later) or of safetensors"
    # Protocol 2 and the first bytes of the number that torch put in front before.
    if start.startswith(b"\x80\x02\x8a\x0a"):
        found = "the format of older releases: load it with torch and save it again"
        raise CheckpointError(path, expected, found)
    raise CheckpointError(path, expected, "something else" if size else "an empty file")


def _describe_zip(path, file, size):
    archive = Archive(path, file, size)
    tensors = _state_dict(path, unpickle(path, archive.read_pickle()))
    reader = StorageReader(archive)
    for name, tensor in tensors.items():
        reader.expect_inside(name, tensor)
    return {
        name: Stored(tensor.shape, tensor.storage.dtype, functools.partial(reader.tensor, name, tensor))
        for name, tensor in tensors.items()
    }


def _state_dict(path, document):
    expected = "a dict of tensors, or one under " + " or ".join(map(repr, STATE_DICT_KEYS))
    if not isinstance(document, dict):
        raise CheckpointError(path, expected, f"a {type(document).__name__}")
    nested = [document[key] for key in STATE_DICT_KEYS if isinstance(document.get(key), dict)]
    tensors = nested[0] if nested else document
    if not tensors:
        raise CheckpointError(path, expected, "an empty dict")
    for name, tensor in tensors.items():
        if not (isinstance(name, str) and isinstance(tensor, StoredTensor)):
            raise CheckpointError(path, expected, f"{type(tensor).__name__} as {_short(name)}")
    return tensors


def _short(name):
    return repr(name[:100]) if isinstance(name, str) else f"{type(name).__name__} as its name"


def _describe_safetensors(path, file, size):
    header, entries = read_header(path, file, size, CheckpointError)

    def read(entry):
        file.seek(len(header) + entry.start)
        numbers = read_entry(path, file, entry, CheckpointError)
        numbers = from_bfloat16(numbers) if entry.stored == "BF16" else numbers
        numbers.setflags(write=False)
        return numbers

    return {
        entry.name: Stored(entry.shape, _name_of(entry), functools.partial(read, entry))
        for entry in sorted(entries, key=lambda entry: entry.name)
    }


def _name_of(entry):
    return "bfloat16" if entry.stored == "BF16" else entry.dtype.name
