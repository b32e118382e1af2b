"""The header of safetensors bytes: what tensors there are, known and checked before one of them is read.

The library `safetensors` has its readers look at whole files; a stranger's file is looked at from its header on.
"""

import math
import operator
import struct
from typing import NamedTuple

import numpy as np

from keras_modnet.checks import shorten
from keras_modnet.converters.regular_files import fill
from keras_modnet.converters.strict_json import MAX_BYTES, parse_json

MAX_AXES = 64
"""Most axes of an array of NumPy."""

# NumPy lacks bfloat16: its bits are read.
DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}


_ITEMSIZES = {name: np.dtype(dtype).itemsize for name, dtype in DTYPES.items()}


class Entry(NamedTuple):
    """One tensor as a header describes it.

    Attributes:
        name: its name.
        stored: what safetensors calls its type, a key of `DTYPES`.
        shape: its shape.
        start: its first byte behind the header.
        end: the byte behind its last one.
    """

    name: str
    stored: str
    shape: tuple[int, ...]
    start: int
    end: int

    @property
    def dtype(self):
        """NumPy's type of the numbers as they are stored."""
        return np.dtype(DTYPES[self.stored])


def read_header(path, file, size, error):
    """Reads the header of safetensors bytes and checks it against their number.

    Args:
        path: path of the file, for the error.
        file: the file, where the bytes begin; afterwards where the tensors begin.
        size: how many bytes there are, up to the end of the file.
        error: class of the error, called with the path, what was expected and what was found.

    Returns:
        `(header, entries)`: the header's bytes with their length in front, and one `Entry` for each tensor, in the
        order in which they lie one behind the other.

    Raises:
        error: no header, one of more than `strict_json.MAX_BYTES`, an unknown type, a shape that no array can have, or
            tensors that are not exactly the bytes behind it.
    """
    whole = "a whole safetensors file"
    if size < 10:
        raise error(path, whole, f"{size} bytes")
    start = bytearray(8)
    fill(path, file, memoryview(start), error)
    (length,) = struct.unpack("<Q", start)
    if length > min(size - 8, MAX_BYTES):
        raise error(path, whole, f"a header of {length} bytes in {size} bytes, where {MAX_BYTES} are the most")
    header = bytearray(length)
    fill(path, file, memoryview(header), error)
    try:
        document = parse_json(bytes(header))
        document.pop("__metadata__", None)
        entries = sorted((_entry(*item) for item in document.items()), key=operator.attrgetter("start", "end"))
        _expect_gapless(entries, size - 8 - length)
    except ValueError as failure:
        raise error(path, whole, str(failure)) from failure
    return bytes(start + header), entries


def expect_possible(name, shape, itemsize):
    """Raises `ValueError`, whose text says what was found, unless NumPy can have an array of this shape.

    Args:
        name: the tensor's name.
        shape: whole numbers of 0 or more.
        itemsize: bytes of a number.
    """
    # NumPy leaves axes of no numbers out of this product.
    largest = math.prod(max(side, 1) for side in shape[: MAX_AXES + 1]) * itemsize
    if len(shape) > MAX_AXES or largest >= 2**63:
        raise ValueError(f"'{shorten(name)}' of shape {shorten(str(list(shape)))}, which no array can have")


def read_entry(path, file, entry, error, digest=None):
    """Returns the tensor of an `Entry`, whose bytes come next in the file, as a new array of native byte order.

    Args:
        path: path of the file, for the error.
        file: the file.
        entry: the `Entry`.
        error: class of the error, as for `read_header`.
        digest: object with `update(bytes)`, such as one of hashlib, that is given the bytes; or None.
    """
    array = np.empty(entry.shape, entry.dtype)
    flat = array.reshape(-1).view("uint8")
    if flat.size:
        fill(path, file, memoryview(flat), error)
    if digest is not None:
        digest.update(flat)
    if entry.stored == "BOOL" and flat.size and flat.max() > 1:
        raise error(path, f"'{entry.name}' of zeros and ones, the truth values", f"a byte of {flat.max()}")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _entry(name, said):
    fields = said if isinstance(said, dict) else {}
    stored, shape, offsets = fields.get("dtype"), fields.get("shape"), fields.get("data_offsets")
    valid = len(fields) == 3 and isinstance(shape, list) and isinstance(offsets, list) and len(offsets) == 2
    if not (valid and all(type(number) is int and number >= 0 for number in (*shape, *offsets))):
        raise ValueError(f"'{shorten(name)}' without type, shape and place")
    if not (isinstance(stored, str) and stored in DTYPES):
        raise ValueError(f"'{shorten(name)}' of type {stored!r}, which is none of {', '.join(DTYPES)}")
    expect_possible(name, shape, _ITEMSIZES[stored])
    start, end = offsets
    size = math.prod(shape) * _ITEMSIZES[stored]
    if end - start != size:
        raise ValueError(f"'{shorten(name)}' in {end - start} bytes, where it has {size}")
    return Entry(name, stored, tuple(shape), start, end)


def _expect_gapless(entries, size):
    place = 0
    for entry in entries:
        if entry.start != place:
            raise ValueError(f"'{shorten(entry.name)}' at byte {entry.start} and not behind the one before")
        place = entry.end
    if place != size:
        raise ValueError(f"{place} bytes of tensors in {size} bytes")
