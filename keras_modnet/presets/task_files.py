"""One task in one file: a safetensors file whose header says what the task is and which bank it belongs to."""

import hashlib
import os
import struct
from pathlib import Path

from keras_modnet.converters.regular_files import fill, open_regular
from keras_modnet.converters.strict_json import MAX_BYTES
from keras_modnet.presets.documents import parse_document
from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.hashing import canonical_json
from keras_modnet.presets.leftovers import fresh_file
from keras_modnet.presets.schema import check_schema
from keras_modnet.presets.weights import check_readable, encode_tensors, read_described

TASK_FORMAT_VERSION = 1
SCHEMA = "task.json"
MAX_TASK_BYTES = 256 * 2**20
"""A task is kilobytes; what is larger than this is none, and is not read."""


def tensors_digest(tensors):
    """Returns the SHA-256 of names, dtypes, shapes and values of tensors, in whatever order they are given.

    Args:
        tensors: mapping of tensor name to numpy array.
    """
    data, described = encode_tensors(tensors)
    return hashlib.sha256(canonical_json(described) + data).hexdigest()


def write_task_file(path, description, tensors):
    """Writes a task file, whole or not at all; a file that was there is replaced.

    Args:
        path: path of the file.
        description: dict of plain JSON values, as the schema `schemas/task.json` has it, but for `format_version`,
            `tensors` and `digest`, which are added.
        tensors: mapping of tensor name to numpy array.

    Returns:
        `path` as a `Path`.

    Raises:
        PresetError: if the description does not follow the schema, or there is too much of it.
        OSError: if the file cannot be written; what was there before is then still there.
    """
    path = Path(path).expanduser()
    data, described = encode_tensors(tensors)
    document = description | {"format_version": TASK_FORMAT_VERSION, "tensors": described}
    document["digest"] = _digest(document, data)
    check_schema(path, document, SCHEMA)
    header = canonical_json(document)
    _check_sizes(path, len(header), len(header) + len(data))
    # What no reader would read is not written.
    parse_document(path, header)
    check_readable(path, data)
    with fresh_file(path) as fresh:
        with open(fresh, "wb") as file:
            file.write(struct.pack("<Q", len(header)) + header + data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    return path


def read_task_file(path, check=None):
    """Reads a task file and checks all of it; nothing of it is ever run.

    Args:
        path: path of the file.
        check: function of the description that raises `PresetError` where the task does not fit; called before the
            tensors are read. Defaults to `None`.

    Returns:
        `(description, tensors)`: the header as a dict, and a dict of tensor name to numpy array.

    Raises:
        PresetError: if the file is missing, truncated, altered, of a newer format or no task file.
    """
    path = Path(path).expanduser()
    with open_regular(path, PresetError) as (file, size):
        document, left = _read_description(path, file, size)
        if check is not None:
            check(document)
        digest = hashlib.sha256(canonical_json(_without_digest(document)))
        tensors = read_described(path, file, left, document["tensors"], digest)
    if digest.hexdigest() != document["digest"]:
        found = f"digest {digest.hexdigest()}: the file was changed or cut"
        raise PresetError(path, f"digest {document['digest']}", found)
    return document, {name: tensors[name] for name in document["tensors"]}


def _read_description(path, file, size):
    """Returns the description and the number of bytes behind it."""
    start = bytearray(min(size, 9))
    fill(path, file, memoryview(start), PresetError)
    (length,) = struct.unpack("<Q", start[:8]) if len(start) == 9 else (0,)
    if not 2 <= length <= size - 8 or start[8:] != b"{":
        raise PresetError(path, "a task file, as `ModNet.save_task` writes it", f"{size} bytes of another kind")
    _check_sizes(path, length, size)
    header = bytearray(length)
    header[0] = start[8]
    fill(path, file, memoryview(header)[1:], PresetError)
    document = parse_document(path, bytes(header))
    check_schema(path, document, SCHEMA)
    return document, size - 8 - length


def _check_sizes(path, header, whole):
    for what, size, limit in (("a description", header, MAX_BYTES), ("a task file", whole, MAX_TASK_BYTES)):
        if size > limit:
            raise PresetError(path, f"{what} of at most {limit} bytes", f"{size} bytes")


def _digest(document, data):
    return hashlib.sha256(canonical_json(_without_digest(document)) + data).hexdigest()


def _without_digest(document):
    return {key: value for key, value in document.items() if key != "digest"}
