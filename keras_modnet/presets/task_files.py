"""One task in one file: a safetensors file whose header says what the task is and which bank it belongs to."""

import hashlib
import os
import struct
import uuid
from pathlib import Path

from keras_modnet.presets.documents import parse_document
from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.hashing import canonical_json
from keras_modnet.presets.schema import check_schema
from keras_modnet.presets.weights import decode_tensors, encode_tensors

TASK_FORMAT_VERSION = 1
SCHEMA = "task.json"
MAX_TASK_BYTES = 256 * 2**20
"""A task is kilobytes; what is larger than this is none, and is not read into memory."""


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
        PresetError: if the description does not follow the schema.
        OSError: if the file cannot be written; what was there before is then still there.
    """
    path = Path(path).expanduser()
    data, described = encode_tensors(tensors)
    document = description | {"format_version": TASK_FORMAT_VERSION, "tensors": described}
    document["digest"] = _digest(document, data)
    check_schema(path, document, SCHEMA)
    header = canonical_json(document)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.new")
    try:
        with open(temporary, "wb") as file:
            file.write(struct.pack("<Q", len(header)) + header + data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def read_task_file(path):
    """Reads a task file and checks all of it; nothing of it is ever run.

    Args:
        path: path of the file.

    Returns:
        `(description, tensors)`: the header as a dict, and a dict of tensor name to numpy array.

    Raises:
        PresetError: if the file is missing, truncated, altered, of a newer format or no task file.
    """
    path = Path(path).expanduser()
    content = _read(path)
    (length,) = struct.unpack("<Q", content[:8]) if len(content) >= 8 else (0,)
    if not 2 <= length <= len(content) - 8 or content[8:9] != b"{":
        raise PresetError(path, "a task file, as `ModNet.save_task` writes it", f"{len(content)} bytes of another kind")
    header, data = content[8 : 8 + length], content[8 + length :]
    document = parse_document(path, header)
    check_schema(path, document, SCHEMA)
    digest = _digest(document, data)
    if digest != document["digest"]:
        raise PresetError(path, f"digest {document['digest']}", f"digest {digest}: the file was changed or cut")
    return document, decode_tensors(path, data, document["tensors"])


def _digest(document, data):
    without = {key: value for key, value in document.items() if key != "digest"}
    return hashlib.sha256(canonical_json(without) + data).hexdigest()


def _read(path):
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_TASK_BYTES + 1)
    except OSError as error:
        raise PresetError(path, "a task file", error.strerror) from error
    if len(content) > MAX_TASK_BYTES:
        raise PresetError(path, f"a task file of at most {MAX_TASK_BYTES} bytes", "more")
    return content
