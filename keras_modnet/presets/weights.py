"""Tensors as safetensors bytes, and back."""

import hashlib
import io

import numpy as np

from keras_modnet.checks import expect
from keras_modnet.converters.safetensors_header import read_entry, read_header
from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import check_sha256, check_size

DTYPES = (
    *("float16", "float32", "float64"),
    *("int8", "int16", "int32", "int64"),
    *("uint8", "uint16", "uint32", "uint64", "bool"),
)
"""The types of tensor that both numpy and safetensors know."""


def encode_tensors(tensors):
    """Returns tensors as safetensors bytes, and what `metadata.json` says of them.

    Args:
        tensors: mapping of tensor name to numpy array, any shape, a dtype of `DTYPES`.

    Returns:
        `(data, described)`: bytes that depend on names and values alone, and
        ``{name: {"shape": [...], "dtype": "float32"}}``, sorted by name.

    Raises:
        ValueError: if a name is no text, or a dtype is none of `DTYPES`.
    """
    from safetensors.numpy import save

    arrays = _plain_arrays(tensors)
    return save(arrays), {name: _describe(array) for name, array in arrays.items()}


def check_readable(path, data):
    """Raises `PresetError` if a reader would refuse the header of safetensors bytes, such as one of too many tensors.

    Args:
        path: path of the file to be, for the error.
        data: what `encode_tensors` returned.
    """
    read_header(path, io.BytesIO(data), len(data), PresetError)


def describe_tensors(tensors):
    """Returns what `metadata.json` says of tensors, as the second result of `encode_tensors`, which has the rules."""
    return {name: _describe(array) for name, array in _plain_arrays(tensors).items()}


def read_tensors(path, file, size, listed, described, keep=True):
    """Returns the tensors of an open safetensors file, after its header was found to be as described.

    The bytes that are hashed are those that become arrays; memory is made for none before the header is checked.

    Args:
        path: path of the file, for the error.
        file: the file, open for reading bytes, at its beginning.
        size: its size in bytes.
        listed: its size and hash as in `metadata.json`.
        described: ``{name: {"shape": [...], "dtype": "float32"}}`` as in `metadata.json`.
        keep: whether the tensors are kept. Defaults to `True`.

    Returns:
        Dict of name to numpy array, in the order of `described`; empty where they are not kept.

    Raises:
        PresetError: if it is of another size or hash, no safetensors file, or a tensor is missing, unlisted or not as
            described.
    """
    check_size(path, size, listed)
    digest = hashlib.sha256()
    arrays = read_described(path, file, size, described, digest, keep)
    check_sha256(path, digest.hexdigest(), listed)
    return {name: arrays[name] for name in described} if keep else {}


def read_described(path, file, size, described, digest, keep=True):
    """Returns the tensors in the next `size` bytes of a file, up to its end; arguments as `read_tensors` has them.

    Args:
        digest: what is given the bytes, an object of hashlib.
    """
    header, entries = read_header(path, file, size, PresetError)
    _check_entries(path, entries, described)
    digest.update(header)
    arrays = {}
    for entry in entries:
        array = read_entry(path, file, entry, PresetError, digest)
        if keep:
            arrays[entry.name] = array
    if file.read(1):
        raise PresetError(path, f"{size} bytes", "more: the file changes while it is read")
    return arrays


def _plain_arrays(tensors):
    for name in tensors:
        expect(isinstance(name, str) and name not in ("", "__metadata__"), "tensors", "named by plain text", name)
    return {name: _plain_array(name, tensors[name]) for name in sorted(tensors)}


def _plain_array(name, value):
    # safetensors copies memory as it lies there: transposed or big-endian arrays would be scrambled.
    array = np.asarray(value, order="C")
    expect(array.dtype.name in DTYPES, f"tensors[{name!r}]", f"of a dtype in {DTYPES}", array.dtype.name)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _describe(array):
    return {"shape": list(array.shape), "dtype": array.dtype.name}


def _check_entries(path, entries, described):
    names = {entry.name for entry in entries}
    missing, unlisted = described.keys() - names, names - described.keys()
    if missing:
        raise PresetError(path, f"tensor '{min(missing)}'", f"{len(missing)} of {len(described)} tensors missing")
    if unlisted:
        raise PresetError(path, "only the tensors that metadata.json lists", f"unlisted tensor '{min(unlisted)}'")
    for entry in entries:
        if entry.stored == "BF16":
            raise PresetError(path, f"tensor '{entry.name}' of a type that numpy knows", "bfloat16")
        found = {"shape": list(entry.shape), "dtype": entry.dtype.name}
        if found != described[entry.name]:
            raise PresetError(path, f"tensor '{entry.name}' as {described[entry.name]}", str(found))
