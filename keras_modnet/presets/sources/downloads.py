"""Files from the web, kept in the cache: whole and checked, or not there at all."""

import hashlib
import os
import re

from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.leftovers import put_first
from keras_modnet.presets.sources.cache import unfinished
from keras_modnet.presets.sources.transfer import Received, receive

_SHA256 = re.compile(r"[0-9a-f]{64}")


def download(url, path, size=None, sha256=None, accept=lambda path, received: None, receive=receive):
    """Downloads a file unless it is already there, and checks it either way.

    The file is received under another name beside its place and renamed at the end. A file that is already there, put
    there by hand for one, is checked in the same way and never replaced. Where nobody has stated a hash, that of the
    first file that was accepted is recorded beside it and holds from then on.

    Args:
        url: address of the file.
        path: `Path` at which it is kept.
        size: its number of bytes, or `None` if nobody has stated it.
        sha256: its hash, 64 lower-case hexadecimal digits, or `None` if nobody has stated it.
        accept: function of the path at which the checked file lies for now, and of `Received`. Only if it returns is
            the file kept. Defaults to one that accepts everything.
        receive: function of `url`, a path and `size` that puts the file there and returns `Received`. Defaults to
            `transfer.receive`, over HTTP.

    Returns:
        What `accept` returned.

    Raises:
        TransferError: if the file did not arrive.
        PresetError: if it is not the one that was meant, or the folder cannot be written.
    """
    try:
        if path.exists():
            return _accept(path, path, _look_at(path), size, sha256, accept)
        fresh = unfinished(path)
        try:
            accepted = _accept(path, fresh, receive(url, fresh, size), size, sha256, accept)
            os.replace(fresh, path)
            return accepted
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise PresetError(path, "a file that can be written and read", error.strerror or str(error)) from error


def record_of(path):
    """Returns the path of the record that holds the hash of the file at `path`, in the manner of `sha256sum`."""
    return path.with_name(f"{path.name}.sha256")


def _accept(path, place, received, size, sha256, accept):
    _check(path, place, received, size, sha256 or _recorded(path))
    accepted = accept(place, received)
    if sha256 is None:
        _check(path, place, received, None, _record(path, received.sha256))
    return accepted


def _look_at(path):
    with open(path, "rb") as file:
        return Received(os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _check(path, place, received, size, sha256):
    # What lies there already may be somebody's own: it is said how to go on, and left to a person.
    advice = "; remove the file to have it downloaded" if place == path else ", downloaded"
    if size is not None and received.size != size:
        raise PresetError(path, f"{size} bytes", f"{received.size} bytes{advice}")
    if sha256 is not None and received.sha256 != sha256:
        raise PresetError(path, f"SHA-256 {sha256}", f"SHA-256 {received.sha256}{advice}")


def _recorded(path):
    record = record_of(path)
    if not record.exists():
        return None
    sha256 = record.read_text(encoding="utf-8", errors="replace")[:64]
    if not _SHA256.fullmatch(sha256):
        raise PresetError(record, "a SHA-256 of 64 hexadecimal digits", f"{sha256!r}; remove the file")
    return sha256


def _record(path, sha256):
    """Records the hash unless there is a record; returns the hash that holds."""
    record = record_of(path)
    fresh = unfinished(record)
    try:
        fresh.write_text(f"{sha256}  {path.name}\n", encoding="utf-8")
        put_first(fresh, record)
    finally:
        fresh.unlink(missing_ok=True)
    return _recorded(path)
