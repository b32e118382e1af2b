"""The folder in which downloaded presets are kept, and how something gets into it whole or not at all."""

import contextlib
import os
import re
import shutil
import time
import uuid
from pathlib import Path

from keras_modnet.presets.errors import PresetError

ABANDONED_SECONDS = 24 * 60 * 60
"""Age from which on something unfinished is taken for what a killed process has left behind."""


def cache_folder():
    """Returns the path of this package's folder in Keras's cache: in `$KERAS_HOME`, or else in `~/.keras`.

    The variable is read on every call; Keras reads it in the same way on import.
    """
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "keras_modnet"


def keep_once(folder, fill):
    """Makes a folder, whole or not at all, unless it is already there.

    Of several processes that do so at the same time the first to finish wins; the others take what it made.

    Args:
        folder: path of the folder.
        fill: function that is called with the path of an empty folder beside it and writes the content.

    Returns:
        `folder`.

    Raises:
        PresetError: if the folder cannot be written. Also whatever else `fill` raises; nothing is left behind.
    """
    if folder.is_dir():
        return folder
    try:
        fresh = unfinished(folder)
        fresh.mkdir()
        try:
            fill(fresh)
            _move_unless_there(fresh, folder)
        finally:
            if fresh.exists():
                shutil.rmtree(fresh)
    except OSError as error:
        raise PresetError(folder, "a folder that can be written", error.strerror or str(error)) from error
    return folder


def unfinished(path):
    """Returns a path beside `path` of this call's own, for something that becomes `path` by renaming.

    The folder above is made, and cleared of what processes that were killed have left of `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The name comes last, since its ending may tell readers what the file is.
    abandoned = re.compile(rf"\.[0-9a-f]{{12}}\.{re.escape(path.name)}")
    for entry in path.parent.iterdir():
        if abandoned.fullmatch(entry.name):
            # Another process may finish or remove it at this moment.
            with contextlib.suppress(FileNotFoundError):
                _remove_if_abandoned(entry)
    return path.with_name(f".{uuid.uuid4().hex[:12]}.{path.name}")


def link_files(folder, files):
    """Gives files places in a folder: as hard links where the file system has them, otherwise as copies.

    Args:
        folder: path of the folder.
        files: mapping of file name to the path of the file, which is followed if it is a symbolic link.
    """
    for name, path in files.items():
        source = Path(path).resolve()
        try:
            os.link(source, folder / name)
        except OSError:
            # Another disk, a file system without links, or a file of another owner.
            shutil.copyfile(source, folder / name)


def _remove_if_abandoned(entry):
    if time.time() - entry.stat().st_mtime > ABANDONED_SECONDS:
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _move_unless_there(fresh, folder):
    try:
        # Fails where `folder` holds something by now; it is never replaced.
        os.rename(fresh, folder)
    except OSError:
        if not folder.is_dir():
            raise
