"""Tensors as safetensors bytes, and back."""

import numpy as np

from keras_modnet.checks import expect
from keras_modnet.presets.errors import PresetError

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


def describe_tensors(tensors):
    """Returns what `metadata.json` says of tensors, as the second result of `encode_tensors`, which has the rules."""
    return {name: _describe(array) for name, array in _plain_arrays(tensors).items()}


def decode_tensors(path, data, described):
    """Returns the tensors in safetensors bytes, after their names, shapes and dtypes were found to be as described.

    Args:
        path: path of the file that `data` comes from, for the error.
        data: bytes of a safetensors file.
        described: ``{name: {"shape": [...], "dtype": "float32"}}`` as in `metadata.json`.

    Returns:
        Dict of name to numpy array, in the order of `described`.

    Raises:
        PresetError: if `data` is no safetensors file, or a tensor is missing, unlisted or not as described.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(data)
    except SafetensorError as error:
        raise PresetError(path, "a safetensors file", str(error)) from error
    except KeyError as error:
        # safetensors stores types that numpy lacks, and looks them up by name.
        raise PresetError(path, "tensors of the types that numpy knows", f"type {error}") from error
    _check_names(path, arrays, described)
    for name, array in arrays.items():
        if _describe(array) != described[name]:
            raise PresetError(path, f"tensor '{name}' as {described[name]}", str(_describe(array)))
    return {name: arrays[name] for name in described}


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


def _check_names(path, arrays, described):
    missing = sorted(described.keys() - arrays.keys())
    unlisted = sorted(arrays.keys() - described.keys())
    if missing:
        raise PresetError(path, f"tensor '{missing[0]}'", f"{len(missing)} of {len(described)} tensors missing")
    if unlisted:
        raise PresetError(path, "only the tensors that metadata.json lists", f"unlisted tensor '{unlisted[0]}'")
