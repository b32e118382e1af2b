"""Writes entries of the zoo: preset folders without weights, which say where these come from."""

import os
import shutil
from pathlib import Path

from keras_modnet.checks import expect
from keras_modnet.presets.files import METADATA_FILE, WEIGHTS_FILE, read_listed_file
from keras_modnet.presets.leftovers import fresh_file
from keras_modnet.presets.publishing import owned_names, publish_folder
from keras_modnet.presets.reading import read_preset
from keras_modnet.presets.weights import describe_tensors
from keras_modnet.presets.writing import encode_folder, encode_metadata


def write_entry(folder, config, tensors, origin, card=None, extra_files=None):
    """Writes a preset folder for a checkpoint of somebody else's: everything but the weights.

    Args:
        folder: path of the folder: a new one, an empty one, or a preset to replace.
        config: dict as for `write_preset`.
        tensors: mapping of tensor name to an array with the shape and dtype that the converted tensor has.
        origin: dict as `origin` of kind `"checkpoint"` in the schema `schemas/metadata.json`.
        card: dict of facts. Defaults to `None`, no facts.
        extra_files: mapping of file name to bytes or text. Defaults to `None`, no further files.

    Returns:
        `folder` as a `Path`.

    Raises:
        ValueError: if `folder` is none that may be replaced, or a tensor or extra file cannot be part of a preset.
        PresetError: if `config`, `origin` or `card` does not follow its schema.
    """
    folder = Path(folder).expanduser()
    target = folder.resolve()
    facts = {"tensors": describe_tensors(tensors), "card": {} if card is None else card, "origin": origin}
    files = encode_folder(target, config, {}, facts, {} if extra_files is None else extra_files)
    publish_folder(target, files, owned_names)
    return folder


def host_weights(folder, url, destination):
    """Takes the weights out of a preset folder, which becomes an entry that downloads them.

    Args:
        folder: path of the preset folder.
        url: address at which the file will be found.
        destination: path of a file that is not there yet, to upload to that address.

    Returns:
        `destination` as a `Path`.

    Raises:
        ValueError: if `destination` exists.
        PresetError: if the folder is not a whole preset or `url` is none that an entry may have.
    """
    target, destination = Path(folder).expanduser().resolve(), Path(destination).expanduser()
    expect(not os.path.lexists(destination), "destination", "the path of a new file", str(destination))
    metadata = read_preset(target).metadata
    listed = metadata["files"]
    changed = {key: value for key, value in metadata.items() if key != "digest"}
    changed["origin"] = {"kind": "file", "url": url, **listed[WEIGHTS_FILE]}
    files = {name: read_listed_file(target / name, listed[name]) for name in listed.keys() - {WEIGHTS_FILE}}
    files[METADATA_FILE] = encode_metadata(target / METADATA_FILE, changed)
    with fresh_file(destination) as fresh:
        shutil.copyfile(target / WEIGHTS_FILE, fresh)
        os.replace(fresh, destination)
    publish_folder(target, files, owned_names)
    return destination
