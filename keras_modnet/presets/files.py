"""Single files of a preset folder: which names are allowed, and how one is read without trusting it."""

import os
import re
import stat

from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.hashing import sha256_hex

FORMAT_VERSION = 1

CONFIG_FILE = "config.json"
METADATA_FILE = "metadata.json"
WEIGHTS_FILE = "model.safetensors"

FILE_ENDINGS = (".json", ".md", ".png", ".safetensors")
"""Every kind of file that a preset may consist of; none of them can hold code that reading would run."""

MAX_METADATA_BYTES = 64 * 2**20
"""`metadata.json` is the one file whose size nothing else states, so its size has a limit of its own."""

# No separator, no leading dot, no colon: such a name cannot leave its folder on any system.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def is_plain_file_name(name):
    """Whether `name` is a plain file name of one of the kinds in `FILE_ENDINGS`."""
    return bool(_PLAIN_NAME.fullmatch(name)) and name.endswith(FILE_ENDINGS)


def read_metadata_file(path):
    """Returns the bytes of `metadata.json`, unchecked but for their number."""
    size = _regular_file_size(path)
    if size > MAX_METADATA_BYTES:
        raise PresetError(path, f"at most {MAX_METADATA_BYTES} bytes", f"{size} bytes, oversized")
    return _read(path, size)


def read_listed_file(path, listed):
    """Returns the bytes of a file after its size, then its hash, were found to be those that are listed.

    The bytes that were hashed are the bytes that are returned: the file is never opened a second time.

    Args:
        path: path of the file.
        listed: ``{"bytes": size, "sha256": 64 lower-case hexadecimal digits}`` as in `metadata.json`.

    Raises:
        PresetError: if the file is missing, a link, no regular file, unreadable, or of another size or hash.
    """
    size = _regular_file_size(path)
    if size != listed["bytes"]:
        fault = "truncated" if size < listed["bytes"] else "oversized"
        raise PresetError(path, f"{listed['bytes']} bytes", f"{size} bytes, {fault}")
    data = _read(path, size)
    sha256 = sha256_hex(data)
    if sha256 != listed["sha256"]:
        raise PresetError(path, f"SHA-256 {listed['sha256']}", f"SHA-256 {sha256}")
    return data


def _regular_file_size(path):
    try:
        # `lstat` does not follow a link, which could lead out of the folder.
        status = os.lstat(path)
    except OSError as error:
        raise PresetError(path, "a file", error.strerror) from error
    if stat.S_ISLNK(status.st_mode):
        raise PresetError(path, "a regular file", "a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise PresetError(path, "a regular file", "a folder or a special file")
    return status.st_size


def _read(path, size):
    try:
        with open(path, "rb") as file:
            # One byte more than expected is enough to notice a file that grew since its size was taken.
            data = file.read(size + 1)
    except OSError as error:
        raise PresetError(path, "a readable file", error.strerror) from error
    if len(data) != size:
        raise PresetError(path, f"{size} bytes", f"{len(data)} bytes or more: the file changes while it is read")
    return data
