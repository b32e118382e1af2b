"""Single files of a preset folder: which names are allowed, and how one is read without trusting it."""

import hashlib
import re

from keras_modnet.converters.regular_files import open_regular, read_exactly, read_pieces
from keras_modnet.converters.strict_json import MAX_BYTES
from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.hashing import sha256_hex

FORMAT_VERSION = 1

CONFIG_FILE = "config.json"
METADATA_FILE = "metadata.json"
WEIGHTS_FILE = "model.safetensors"

FILE_ENDINGS = (".json", ".md", ".png", ".safetensors")
"""Every kind of file that a preset may consist of; none of them can hold code that reading would run."""

MAX_METADATA_BYTES = MAX_BYTES
"""`metadata.json` is the one file whose size nothing else states, so its size has a limit of its own."""

MAX_FURTHER_BYTES = 16 * 2**20
"""Largest sum of the files beside the weights: JSON, cards and pictures. Those of the zoo are under 0.1 MiB."""

MAX_FILES = 256

# No separator, no leading dot, no colon: such a name cannot leave its folder on any system.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def is_plain_file_name(name):
    """Whether `name` is a plain file name of one of the kinds in `FILE_ENDINGS`."""
    return bool(_PLAIN_NAME.fullmatch(name)) and name.endswith(FILE_ENDINGS)


def check_listed_sizes(path, files):
    """Raises `PresetError` if the files beside the weights are more, or larger, than those of any preset.

    Args:
        path: path of the `metadata.json` that lists them, for the error.
        files: its `files`.
    """
    if len(files) > MAX_FILES:
        raise PresetError(path, f"at most {MAX_FILES} files", f"{len(files)} of them")
    total = sum(listed["bytes"] for name, listed in files.items() if name != WEIGHTS_FILE)
    if total > MAX_FURTHER_BYTES:
        raise PresetError(path, f"at most {MAX_FURTHER_BYTES} bytes beside the weights", f"{total} bytes, oversized")


def read_metadata_file(path):
    """Returns the bytes of `metadata.json`, unchecked but for their number."""
    with open_regular(path, PresetError, follow_links=False) as (file, size):
        return read_metadata_bytes(path, file, size)


def read_metadata_bytes(path, file, size):
    """Returns the bytes of `metadata.json`; arguments as `open_regular` has them."""
    if size > MAX_METADATA_BYTES:
        raise PresetError(path, f"at most {MAX_METADATA_BYTES} bytes", f"{size} bytes, oversized")
    return read_exactly(path, file, size, PresetError)


def read_listed_file(path, listed):
    """Returns the bytes of a file after its size, then its hash, were found to be those that are listed.

    The bytes that were hashed are the bytes that are returned: the file is never opened a second time.

    Args:
        path: path of the file.
        listed: ``{"bytes": size, "sha256": 64 lower-case hexadecimal digits}`` as in `metadata.json`.

    Raises:
        PresetError: if the file is missing, a link, no regular file, unreadable, or of another size or hash.
    """
    with open_regular(path, PresetError, follow_links=False) as (file, size):
        return read_listed_bytes(path, file, size, listed)


def read_listed_bytes(path, file, size, listed):
    """Returns the bytes of an open file as `read_listed_file` does; arguments as `open_regular` has them."""
    check_size(path, size, listed)
    data = read_exactly(path, file, size, PresetError)
    check_sha256(path, sha256_hex(data), listed)
    return data


def check_listed_bytes(path, file, size, listed):
    """Checks an open file as `read_listed_bytes` does, in little memory; arguments as `open_regular` has them."""
    check_size(path, size, listed)
    digest = hashlib.sha256()
    for piece in read_pieces(path, file, size, PresetError):
        digest.update(piece)
    check_sha256(path, digest.hexdigest(), listed)


def check_size(path, size, listed):
    """Raises `PresetError` unless a file has the size that is listed."""
    if size != listed["bytes"]:
        fault = "truncated" if size < listed["bytes"] else "oversized"
        raise PresetError(path, f"{listed['bytes']} bytes", f"{size} bytes, {fault}")


def check_sha256(path, sha256, listed):
    """Raises `PresetError` unless a file has the hash that is listed."""
    if sha256 != listed["sha256"]:
        raise PresetError(path, f"SHA-256 {listed['sha256']}", f"SHA-256 {sha256}")
