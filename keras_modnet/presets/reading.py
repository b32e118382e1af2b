"""Reads a preset folder; nothing of it is believed before it is checked, and nothing of it is ever run."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_modnet.presets.documents import parse_document
from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import (
    CONFIG_FILE,
    FILE_ENDINGS,
    METADATA_FILE,
    WEIGHTS_FILE,
    check_listed_sizes,
    is_plain_file_name,
    read_listed_file,
)
from keras_modnet.presets.hashing import metadata_digest
from keras_modnet.presets.open_folders import read_folder
from keras_modnet.presets.schema import check_schema
from keras_modnet.presets.weights import read_tensors

MAX_TASKS = 500
"""Most tasks of a preset; so many have room in its metadata."""


@dataclass(frozen=True)
class PresetContents:
    """What a preset folder holds, checked.

    Args:
        config: `config.json` as a dict.
        metadata: `metadata.json` as a dict.
        tensors: dict of tensor name to numpy array; empty if the tensors were not loaded.
    """

    config: dict
    metadata: dict
    tensors: dict[str, np.ndarray]


def read_preset(folder, load_tensors=True, check=None):
    """Reads a preset folder and checks all of it.

    First the two JSON files, each against its schema, then the header of the weights, then the rest: size and SHA-256
    of every file that `metadata.json` lists. What is refused is refused before memory is made for it. Files that are
    not listed are never opened. A folder that a writer replaces in the meantime is read again.

    Args:
        folder: path of the preset folder.
        load_tensors: whether the tensors are loaded. Their file is checked either way, unless the folder has an origin
            in place of that file. Defaults to `True`.
        check: function of `config.json` and `metadata.json` as dicts that raises `PresetError` where they do not go
            together; called before any other file is read. Defaults to `None`.

    Returns:
        `PresetContents`.

    Raises:
        PresetError: if the folder or a file is missing, truncated, oversized, altered, mislabelled or malformed.
    """
    return read_folder(Path(folder).expanduser(), lambda files: _read_all(files, load_tensors, check))


def describe_folder(folder):
    """Returns `PresetContents` without tensors; no files but the two JSON files are opened.

    Args:
        folder: path of the preset folder.
    """
    return read_folder(Path(folder).expanduser(), lambda files: PresetContents(*_read_documents(files), {}))


def lacks_weights(folder, metadata):
    """Whether the preset in the path `folder` has an origin in place of its weights."""
    return "origin" in metadata and not os.path.lexists(folder / WEIGHTS_FILE)


def read_metadata(folder):
    """Returns the checked `metadata.json` of the preset in the path `folder` as a dict."""
    return read_folder(folder, _read_metadata)


def parse_metadata(path, data):
    """Returns the checked `metadata.json` in the bytes `data` as a dict; `path` names it in the error."""
    metadata = parse_document(path, data)
    check_schema(path, metadata, METADATA_FILE)
    digest = metadata_digest(metadata)
    if digest != metadata["digest"]:
        raise PresetError(path, f"digest {metadata['digest']}", f"digest {digest}: the file was changed")
    check_listed_sizes(path, metadata["files"])
    for name in metadata["files"]:
        if not is_plain_file_name(name) or name == METADATA_FILE:
            endings = ", ".join(FILE_ENDINGS)
            raise PresetError(path, f"`files` to list plain names of other files that end in {endings}", repr(name))
    return metadata


def read_config(folder, metadata):
    """Returns the checked `config.json` of the preset in the path `folder` as a dict."""
    path = folder / CONFIG_FILE
    return parse_config(path, read_listed_file(path, metadata["files"][CONFIG_FILE]))


def parse_config(path, data):
    """Returns the checked `config.json` in the bytes `data` as a dict; `path` names it in the error."""
    config = parse_document(path, data)
    model = config.get("model")
    tasks = model.get("tasks") if isinstance(model, dict) else None
    # Before all of them are looked at.
    if isinstance(tasks, dict) and len(tasks) > MAX_TASKS:
        raise PresetError(path, f"at most {MAX_TASKS} tasks", f"{len(tasks)} of them")
    check_schema(path, config, CONFIG_FILE)
    return config


def _read_metadata(files):
    return parse_metadata(files.path / METADATA_FILE, files.read_metadata())


def _read_documents(files):
    metadata = _read_metadata(files)
    return parse_config(files.path / CONFIG_FILE, files.read_listed(CONFIG_FILE, metadata)), metadata


def _read_all(files, load_tensors, check):
    metadata = _read_metadata(files)
    # At once, as long as they are those of one writer.
    files.hold(metadata["files"])
    config = parse_config(files.path / CONFIG_FILE, files.read_listed(CONFIG_FILE, metadata))
    if check is not None:
        check(config, metadata)
    for name in metadata["files"].keys() - {CONFIG_FILE, WEIGHTS_FILE}:
        files.check_listed(name, metadata)
    return PresetContents(config, metadata, _read_tensors(files, metadata, load_tensors))


def _read_tensors(files, metadata, load_tensors):
    path = files.path / WEIGHTS_FILE
    if "origin" in metadata and not files.has(WEIGHTS_FILE):
        if load_tensors:
            raise PresetError(path, "the weights", "only their origin; presets of the zoo are downloaded by name")
        return {}
    if WEIGHTS_FILE not in metadata["files"]:
        raise PresetError(path, "a file that metadata.json lists", "one that it does not list")
    listed = metadata["files"][WEIGHTS_FILE]
    return read_tensors(*files.opened(WEIGHTS_FILE), listed, metadata["tensors"], keep=load_tensors)
