"""Finds presets: by name in the zoo, by path, or by the handle of a model hub."""

import difflib
import fnmatch
import importlib.util
import os
from pathlib import Path

from keras_modnet.checks import expect
from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import METADATA_FILE, WEIGHTS_FILE
from keras_modnet.presets.info import PresetTable, preset_info
from keras_modnet.presets.leftovers import has_leftovers
from keras_modnet.presets.reading import lacks_weights, read_metadata
from keras_modnet.presets.sources.handles import fetch_handle
from keras_modnet.presets.sources.origins import complete_entry


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


def list_presets(pattern="*", task=None, image_size=None, licence=None):
    """Lists the presets that ship with the package, all or those that fit.

    Args:
        pattern: wildcard for their names: `"*imagenet*"`.
        task: wildcard for the name of one of their tasks: `"letters"`, or `"*"`.
        image_size: side in pixels, or `(height, width)`, of their images.
        licence: wildcard for their licence, in either case: `"apache*"`.

    Returns:
        `PresetTable`: a read-only mapping of name to `PresetInfo`, sorted by name, that prints as a table of at most
        100 columns; empty where none fits.

    Raises:
        ValueError: a wildcard that is no text, or another size.
        PresetError: if the description of one of them is damaged.

    Example:
        print(keras_modnet.list_presets(image_size=224))
    """
    wildcards = {"pattern": pattern, "task": task, "licence": licence}
    for name, wildcard in wildcards.items():
        expect(isinstance(wildcard, str) or (wildcard is None and name != "pattern"), name, "a wildcard", wildcard)
    sides = _sides(image_size)
    zoo = zoo_folder()
    named = (preset_info(zoo / name) for name in _zoo_names(zoo) if fnmatch.fnmatchcase(name, pattern))
    fitting = (
        info
        for info in named
        if (task is None or fnmatch.filter(info.tasks, task))
        and (sides is None or info.image_shape[:2] == sides)
        and (licence is None or fnmatch.fnmatchcase((info.licence or "").lower(), licence.lower()))
    )
    return PresetTable(fitting)


def _sides(image_size):
    if image_size is None:
        return None
    sides = tuple(image_size) if isinstance(image_size, list | tuple) else (image_size, image_size)
    whole = len(sides) == 2 and all(isinstance(side, int) and side > 0 for side in sides)
    expect(whole, "image_size", "a side in pixels, or height and width", image_size)
    return sides


def describe_preset(name_or_path):
    """Reads the facts of a preset from its two JSON files; no other file is opened, and a name needs no network.

    Args:
        name_or_path: as of `from_preset`: a name, the path of a folder, or a handle.

    Returns:
        `PresetInfo`.

    Raises:
        PresetError: there is no such preset, or one of the two files is missing, altered or malformed.

    Example:
        print(keras_modnet.presets.describe_preset("digits_reuse").licence)
    """
    return preset_info(find_preset(name_or_path, with_weights=False))


def find_preset(name_or_path, with_weights=True):
    """Returns the path of the folder of a preset, whose content is not looked at.

    What is not on this machine yet is downloaded and kept.

    Args:
        name_or_path: name of a preset of the zoo, path of a folder, or handle `hf://`, `kaggle://` or `gs://`. A text
            with a path separator or with a dot in front is a path; any other is a name first, and a folder only if the
            zoo has no preset of that name.
        with_weights: whether the weights are needed. If False, a preset of the zoo needs no network. Defaults to
            `True`.

    Raises:
        PresetError: if there is no such preset; the nearest name is suggested and all are listed. Also if it cannot be
            downloaded.
        ValueError: if `name_or_path` is neither text nor a path, or is empty.
    """
    valid = isinstance(name_or_path, str | os.PathLike) and name_or_path != ""
    expect(valid, "name_or_path", "the name of a preset, a path or a handle", name_or_path)
    name = os.fspath(name_or_path)
    if isinstance(name_or_path, str) and "://" in name:
        return fetch_handle(name)
    if isinstance(name_or_path, os.PathLike) or _looks_like_path(name):
        return _existing_folder(name)
    zoo = zoo_folder()
    names = _zoo_names(zoo)
    if name in names:
        return _zoo_preset(zoo / name, with_weights)
    if _is_folder(Path(name)):
        return Path(name)
    raise _unknown_name(name, names)


def _zoo_names(zoo):
    # A preset that is being written lies beside its place under a name with a dot in front.
    return sorted(path.parent.name for path in zoo.glob(f"[!.]*/{METADATA_FILE}"))


def _zoo_preset(folder, with_weights):
    # Weights that lie in the folder need no look at its metadata, which may be damaged: reading will say so.
    if not with_weights or (folder / WEIGHTS_FILE).exists() or not lacks_weights(folder, read_metadata(folder)):
        return folder
    return complete_entry(folder, lambda: [info.name for info in list_presets().values() if info.weights != "download"])


def _looks_like_path(name):
    separators = {os.sep, os.altsep, "/"} - {None}
    return name.startswith((".", "~")) or any(separator in name for separator in separators)


def _existing_folder(name):
    folder = Path(name).expanduser()
    if not _is_folder(folder):
        raise PresetError(folder, "a preset folder", "a file" if folder.exists() else "no such folder")
    return folder


def _is_folder(folder):
    # One that a writer is replacing at this moment, or was when it was killed, comes back where it is read.
    return folder.is_dir() or (not folder.exists() and has_leftovers(folder.resolve()))


def _unknown_name(name, names):
    nearest = difflib.get_close_matches(name, names, n=1, cutoff=0.0)
    suggestion = f"did you mean '{nearest[0]}'? There are: {', '.join(names)}" if nearest else "the zoo has none"
    return PresetError(name, "the name of a preset or the path of a folder", f"no preset of this name; {suggestion}")
