"""Files that a training leaves: tried before it, written whole, and in words where it cannot be."""

import contextlib
import json
import os
import pathlib
import secrets


class OutputError(OSError):
    """A file could not be written; the text says which, why, and what to do."""


def write_file(path, write):
    """Writes a file whole or not at all: under another name, to the disk, then renamed.

    Args:
        path: path of the file; its folder exists.
        write: function of the open binary file.

    Raises:
        OutputError: it cannot be written; nothing of it is left, and a former file stays.
    """
    path = pathlib.Path(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with _in_words(path):
            with open(temporary, "xb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path, content):
    """Writes plain data as JSON, whole or not at all.

    Raises:
        OutputError: the file cannot be written.
        ValueError: a number is not finite; the file stays as it is.
    """
    text = json.dumps(content, indent=2, allow_nan=False) + "\n"
    write_file(path, lambda file: file.write(text.encode()))


def try_folder(folder):
    """Makes a folder and tries to write into it, before hours are spent on what shall lie there.

    Args:
        folder: path of the folder.

    Raises:
        OutputError: no file can be made there.
    """
    folder = pathlib.Path(folder)
    with _in_words(folder):
        folder.mkdir(parents=True, exist_ok=True)
    trial = folder / f".{secrets.token_hex(4)}.trial"
    try:
        write_file(trial, lambda file: file.write(bytes(4096)))
    finally:
        trial.unlink(missing_ok=True)


def remove_leftovers(folder):
    """Removes what writers that were killed have left in a folder."""
    for pattern in (".*.partial", ".*.trial"):
        for path in pathlib.Path(folder).glob(pattern):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _in_words(path):
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(
            f"cannot write {path}: {reason}. Make room or choose a folder that can be written."
        ) from error
