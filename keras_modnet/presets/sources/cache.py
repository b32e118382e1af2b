"""The folder in which downloaded presets are kept, and how something gets into it whole or not at all."""

import os
import shutil
import uuid
from pathlib import Path

from keras_modnet.presets.errors import PresetError


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
    fresh = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:12]}.new")
    try:
        fresh.mkdir(parents=True)
        fill(fresh)
        _move_unless_there(fresh, folder)
    except OSError as error:
        raise PresetError(folder, "a folder that can be written", error.strerror or str(error)) from error
    finally:
        if fresh.exists():
            shutil.rmtree(fresh)
    return folder


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


def _move_unless_there(fresh, folder):
    try:
        # Fails where `folder` holds something by now; it is never replaced.
        os.rename(fresh, folder)
    except OSError:
        if not folder.is_dir():
            raise
