"""The one door to published checkpoints: from a file to arrays by name, and nothing in it is run."""

import os
import stat

import numpy as np

from keras_modnet.converters.archive import Archive
from keras_modnet.converters.arrays import StorageReader, from_bfloat16
from keras_modnet.converters.errors import CheckpointError
from keras_modnet.converters.unpickling import StoredTensor, unpickle

MAX_CHECKPOINT_BYTES = 16 * 2**30
"""Largest file. Above that of any network with equal blocks that is known to be published."""

STATE_DICT_KEYS = ("model", "state_dict")
"""Under which names a file keeps its weights where it holds other things, too."""

# NumPy lacks bfloat16: its bits are read.
_SAFETENSORS_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U8": "u1",
    "BOOL": "?",
}


def read_pth(path):
    """Reads the weights in a file of `torch.save` (the zip format of torch 1.6 and later) or of safetensors.

    Torch is not needed. What the file is, its content says, not its name. The weights are the file's one dict of
    tensors, or the one under "model" or "state_dict". The pickle in the file is read as data: names of tensors and of
    plain values stand for functions of this package, any other name is refused, and nothing of it is ever imported or
    called. Check sums, sizes and the bounds of every tensor are checked.

    Args:
        path: path of the file.

    Returns:
        `{name: array}`, read-only; bfloat16 as float32.

    Raises:
        CheckpointError: the file is missing, truncated, altered, of another format, or holds something else.
    """
    path = os.fspath(path)
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise CheckpointError(path, "a regular file", "a special file")
            if status.st_size > MAX_CHECKPOINT_BYTES:
                raise CheckpointError(path, f"at most {MAX_CHECKPOINT_BYTES} bytes", f"{status.st_size} bytes")
            return _read(path, file, status.st_size)
    except OSError as error:
        raise CheckpointError(path, "a file that can be read", error.strerror or str(error)) from error


def _read(path, file, size):
    start = file.read(9)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        return _read_zip(path, file, size)
    if start[8:9] == b"{":
        return _read_safetensors(path, file.read(size))
    expected = "a file of torch.save (torch 1.6 and later) or of safetensors"
    # Protocol 2 and the first bytes of the number that torch put in front before.
    if start.startswith(b"\x80\x02\x8a\x0a"):
        found = "the format of older releases: load it with torch and save it again"
        raise CheckpointError(path, expected, found)
    raise CheckpointError(path, expected, "something else" if size else "an empty file")


def _read_zip(path, file, size):
    archive = Archive(path, file, size)
    tensors = _state_dict(path, unpickle(path, archive.read_pickle()))
    reader = StorageReader(archive)
    return {name: reader.tensor(name, tensor) for name, tensor in tensors.items()}


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


def _read_safetensors(path, data):
    from safetensors import SafetensorError, deserialize

    try:
        entries = deserialize(data)
    except SafetensorError as error:
        raise CheckpointError(path, "a whole safetensors file", str(error)) from error
    return {name: _from_entry(path, name, entry) for name, entry in entries}


def _from_entry(path, name, entry):
    dtype = _SAFETENSORS_DTYPES.get(entry["dtype"])
    if dtype is None:
        raise CheckpointError(path, f"'{name}' of a type that NumPy knows, or bfloat16", entry["dtype"])
    numbers = np.frombuffer(entry["data"], dtype)
    numbers = from_bfloat16(numbers) if entry["dtype"] == "BF16" else numbers
    numbers = numbers.reshape(entry["shape"])
    numbers.setflags(write=False)
    return numbers
