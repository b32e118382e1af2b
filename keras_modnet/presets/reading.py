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
    is_plain_file_name,
    read_listed_file,
    read_metadata_file,
)
from keras_modnet.presets.hashing import metadata_digest
from keras_modnet.presets.schema import check_schema
from keras_modnet.presets.weights import decode_tensors


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


def read_preset(folder, load_tensors=True):
    """Reads a preset folder and checks all of it.

    Of every file that `metadata.json` lists, size and SHA-256 are checked, in this order and before anything is
    parsed. Both JSON files are checked against their schemas. Files that are not listed are never opened.

    Args:
        folder: path of the preset folder.
        load_tensors: whether the tensors are decoded. The hash of their file is checked either way, unless the folder
            has an origin in place of that file. Defaults to `True`.

    Returns:
        `PresetContents`.

    Raises:
        PresetError: if the folder or a file is missing, truncated, oversized, altered, mislabelled or malformed.
    """
    folder = Path(folder).expanduser()
    metadata = read_metadata(folder)
    config = read_config(folder, metadata)
    for name in metadata["files"].keys() - {CONFIG_FILE, WEIGHTS_FILE}:
        read_listed_file(folder / name, metadata["files"][name])
    return PresetContents(config, metadata, _read_tensors(folder, metadata, load_tensors))


def lacks_weights(folder, metadata):
    """Whether the preset in the path `folder` has an origin in place of its weights."""
    return "origin" in metadata and not os.path.lexists(folder / WEIGHTS_FILE)


def read_metadata(folder):
    """Returns the checked `metadata.json` of the preset in the path `folder` as a dict."""
    if not folder.is_dir():
        raise PresetError(folder, "a preset folder", "a file" if folder.exists() else "no such folder")
    path = folder / METADATA_FILE
    return parse_metadata(path, read_metadata_file(path))


def parse_metadata(path, data):
    """Returns the checked `metadata.json` in the bytes `data` as a dict; `path` names it in the error."""
    metadata = parse_document(path, data)
    check_schema(path, metadata, METADATA_FILE)
    digest = metadata_digest(metadata)
    if digest != metadata["digest"]:
        raise PresetError(path, f"digest {metadata['digest']}", f"digest {digest}: the file was changed")
    for name in metadata["files"]:
        if not is_plain_file_name(name) or name == METADATA_FILE:
            endings = ", ".join(FILE_ENDINGS)
            raise PresetError(path, f"`files` to list plain names of other files that end in {endings}", repr(name))
    return metadata


def read_config(folder, metadata):
    """Returns the checked `config.json` of the preset in the path `folder` as a dict."""
    path = folder / CONFIG_FILE
    config = parse_document(path, read_listed_file(path, metadata["files"][CONFIG_FILE]))
    check_schema(path, config, CONFIG_FILE)
    return config


def _read_tensors(folder, metadata, load_tensors):
    path = folder / WEIGHTS_FILE
    if lacks_weights(folder, metadata):
        if load_tensors:
            raise PresetError(path, "the weights", "only their origin; presets of the zoo are downloaded by name")
        return {}
    if WEIGHTS_FILE not in metadata["files"]:
        raise PresetError(path, "a file that metadata.json lists", "one that it does not list")
    data = read_listed_file(path, metadata["files"][WEIGHTS_FILE])
    return decode_tensors(path, data, metadata["tensors"]) if load_tensors else {}
