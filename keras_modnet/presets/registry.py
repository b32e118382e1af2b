"""Finds presets: by name in the zoo, or by path."""

import difflib
import importlib.util
import os
from pathlib import Path

from keras_modnet.checks import expect
from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import METADATA_FILE
from keras_modnet.presets.info import PresetTable, describe_preset


def zoo_folder():
    """Returns the path of the folder of the presets that ship with the package.

    Raises:
        PresetError: if the package was installed without it.
    """
    installed = importlib.util.find_spec("keras_modnet.zoo")
    if installed is not None:
        return Path(installed.submodule_search_locations[0])
    # In a checkout that is not installed the zoo lies beside the package; setup.cfg puts it inside only on installing.
    folder = Path(__file__).resolve().parents[2] / "zoo"
    if not folder.is_dir():
        raise PresetError(folder, "the folder of the presets that ship with keras_modnet", "no such folder")
    return folder


def list_presets():
    """Lists the presets that ship with the package.

    Returns:
        `PresetTable`: a read-only mapping of name to `PresetInfo`, sorted by name, that prints as a table.

    Raises:
        PresetError: if the description of one of them is damaged.
    """
    zoo = zoo_folder()
    return PresetTable(describe_preset(zoo / name) for name in _zoo_names(zoo))


def find_preset(name_or_path):
    """Returns the path of the folder of a preset, whose content is not looked at.

    Args:
        name_or_path: name of a preset of the zoo, or path of a folder. A text with a path separator or with a dot in
            front is a path; any other is a name first, and a folder only if the zoo has no preset of that name.

    Raises:
        PresetError: if there is no such preset; the nearest name is suggested and all are listed. Also for a handle
            with a scheme, such as `hf://`, which this version does not load.
        ValueError: if `name_or_path` is neither text nor a path, or is empty.
    """
    valid = isinstance(name_or_path, str | os.PathLike) and name_or_path != ""
    expect(valid, "name_or_path", "the name of a preset or a path", name_or_path)
    name = os.fspath(name_or_path)
    if isinstance(name_or_path, str) and "://" in name:
        raise _unknown_scheme(name)
    if isinstance(name_or_path, os.PathLike) or _looks_like_path(name):
        return _existing_folder(name)
    zoo = zoo_folder()
    names = _zoo_names(zoo)
    if name in names:
        return zoo / name
    if os.path.isdir(name):
        return Path(name)
    raise _unknown_name(name, names)


def _zoo_names(zoo):
    # A preset that is being written lies beside its place under a name with a dot in front.
    return sorted(path.parent.name for path in zoo.glob(f"[!.]*/{METADATA_FILE}"))


def _looks_like_path(name):
    separators = {os.sep, os.altsep, "/"} - {None}
    return name.startswith((".", "~")) or any(separator in name for separator in separators)


def _existing_folder(name):
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise PresetError(folder, "a preset folder", "a file" if folder.exists() else "no such folder")
    return folder


def _unknown_scheme(handle):
    scheme = handle.split("://")[0]
    found = f"a handle of the scheme {scheme}://, which this version cannot load; download the preset and give its path"
    return PresetError(handle, "the name of a preset or the path of a local folder", found)


def _unknown_name(name, names):
    nearest = difflib.get_close_matches(name, names, n=1, cutoff=0.0)
    suggestion = f"did you mean '{nearest[0]}'? There are: {', '.join(names)}" if nearest else "the zoo has none"
    return PresetError(name, "the name of a preset or the path of a folder", f"no preset of this name; {suggestion}")
