"""Puts a finished folder in its place by renaming, so that nobody ever sees half of it."""

import os
from pathlib import Path

from keras_modnet.checks import expect
from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import CONFIG_FILE, METADATA_FILE, WEIGHTS_FILE
from keras_modnet.presets.leftovers import bring_back_locked, discard, fresh_folder, hidden_name, locked
from keras_modnet.presets.reading import read_metadata


def publish_folder(target, files, owned):
    """Makes the folder `target` consist of `files`, whole or not at all.

    No file system swaps two folders in one portable call: replacing a former folder takes two renames, between which
    `target` is absent for an instant. If the second fails, the first is taken back; if the process is killed there, the
    next writer or reader takes it back. Of several processes at once each replaces what the one before has made.

    Args:
        target: resolved path of the folder.
        files: mapping of file name to bytes.
        owned: function of the folder at `target`, if there is one, that returns the names in it that go with it.
            Whatever else is in there is carried over, unless a new file has its name. It raises where the folder must
            not be replaced.

    Raises:
        OSError: if a file cannot be written or the folder not be moved to its place. The former folder is then where
            and what it was.
    """
    with fresh_folder(target) as fresh:
        _write_files(fresh, files)
        with locked(target.parent) as alone:
            # Of a process that was killed when its new folder was there already.
            left = bring_back_locked(target, alone)
            rubbish = [_retire(former, target, _names_of_preset(former)) for former in left]
            names = owned(target)
            former = _swap(fresh, target)
            rubbish += [] if former is None else [_retire(former, target, names)]
    for folder in rubbish:
        discard(folder)


def owned_names(target):
    """Returns the names in the folder `target` that belong to the preset there; refuses a folder of another kind."""
    kinds = "a new folder, an empty one, or a preset to replace"
    if not target.exists():
        return set()
    expect(target.is_dir(), "folder", kinds, str(target))
    expect(not Path.cwd().is_relative_to(target), "folder", "neither the current folder nor one above it", str(target))
    if not any(target.iterdir()):
        return set()
    try:
        return {METADATA_FILE, *read_metadata(target)["files"]}
    except PresetError as error:
        raise ValueError(f"`folder` must be {kinds}. Received: {str(target)!r}, which is none: {error}") from error


def _write_files(folder, files):
    for name, data in files.items():
        with open(folder / name, "wb") as file:
            file.write(data)
            file.flush()
            # Renaming before the bytes are on the disk could leave empty files after a power cut.
            os.fsync(file.fileno())


def _swap(fresh, target):
    """Moves the new folder to its place; returns the path of the former one, or None."""
    if not target.exists():
        os.replace(fresh, target)
        return None
    former = hidden_name(target, "old")
    os.replace(target, former)
    try:
        os.replace(fresh, target)
    except BaseException:
        os.replace(former, target)
        raise
    return former


def _retire(former, target, owned):
    """Carries over what is not the preset's, and gives the rest a name of what is to be removed; returns its path."""
    for entry in former.iterdir():
        place = target / entry.name
        if entry.name not in owned and not os.path.lexists(place):
            os.replace(entry, place)
    rubbish = hidden_name(target, "new")
    os.replace(former, rubbish)
    return rubbish


def _names_of_preset(folder):
    try:
        return {METADATA_FILE, *read_metadata(folder)["files"]}
    except PresetError:
        return {METADATA_FILE, CONFIG_FILE, WEIGHTS_FILE}
