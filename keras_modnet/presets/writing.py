"""Writes a preset folder."""

from collections.abc import Mapping
from pathlib import Path

from keras_modnet.checks import expect
from keras_modnet.presets.documents import format_document, parse_document
from keras_modnet.presets.files import (
    CONFIG_FILE,
    FILE_ENDINGS,
    FORMAT_VERSION,
    METADATA_FILE,
    WEIGHTS_FILE,
    check_listed_sizes,
    is_plain_file_name,
)
from keras_modnet.presets.hashing import metadata_digest, sha256_hex
from keras_modnet.presets.leftovers import locked
from keras_modnet.presets.publishing import owned_names, publish_folder
from keras_modnet.presets.reading import parse_config
from keras_modnet.presets.schema import check_schema
from keras_modnet.presets.weights import check_readable, encode_tensors


def write_preset(folder, config, tensors, card=None, extra_files=None, origin=None):
    """Writes a preset folder, whole or not at all.

    Everything is checked and written beside the destination first and then moved there by renaming. Equal arguments
    give equal bytes. A preset that is already there is replaced; files in its folder that were not part of it, a
    `.git` folder for one, stay.

    Args:
        folder: path of the folder to write: a new one, an empty one, or a preset to replace.
        config: dict of plain JSON values, as the schema `schemas/config.json` has it:
            ``{"class": "ModNet", "keras_modnet_version": "0.1.0", "model": {constructor arguments}}``. The order of
            its keys is kept.
        tensors: mapping of tensor name to numpy array.
        card: dict of facts about the preset, as `card` in the schema `schemas/metadata.json`: what was measured, of
            what data, under which licence. Defaults to `None`, no facts.
        extra_files: mapping of file name to bytes or text, such as the card `README.md` and its pictures. Names end
            in `.json`, `.md`, `.png` or `.safetensors`. Defaults to `None`, no further files.
        origin: where the weights come from, as `origin` in the schema `schemas/metadata.json`. Defaults to `None`.

    Returns:
        `folder` as a `Path`.

    Raises:
        ValueError: if `folder` is none that may be replaced, or a tensor or an extra file cannot be part of a preset.
        PresetError: if `config` or `card` does not follow its schema, or there is more of them, of tensors or of extra
            files than a reader takes.
    """
    folder = Path(folder).expanduser()
    # Resolved, so that a link to a folder stays a link and what it leads to is replaced.
    target = folder.resolve()
    extra_files = {} if extra_files is None else extra_files
    arguments = {"config": config, "tensors": tensors, "extra_files": extra_files}
    for argument, value in arguments.items():
        expect(isinstance(value, Mapping), argument, "a mapping", type(value).__name__)
    # Before anything is written; asked again when the folder is replaced. Nobody else replaces it in the meantime.
    with locked(target.parent):
        owned_names(target)
    weights, described = encode_tensors(tensors)
    check_readable(target / WEIGHTS_FILE, weights)
    facts = {"tensors": described, "card": {} if card is None else card}
    if origin is not None:
        facts["origin"] = origin
    publish_folder(target, encode_folder(target, config, {WEIGHTS_FILE: weights}, facts, extra_files), owned_names)
    return folder


def encode_folder(target, config, weights, facts, extra_files):
    """Returns the files of a preset folder as `{file name: bytes}`, checked.

    Args:
        target: path of the folder, whose name is the preset's.
        config: dict as for `write_preset`.
        weights: `{WEIGHTS_FILE: bytes}`, or an empty dict for an entry whose weights come from its origin.
        facts: `tensors`, `card` and, if it has one, `origin` of `metadata.json`.
        extra_files: mapping of file name to bytes or text.
    """
    files = {
        CONFIG_FILE: _encode_config(target / CONFIG_FILE, config),
        **weights,
        **_encode_extra_files(extra_files),
    }
    metadata = {
        "format_version": FORMAT_VERSION,
        "name": target.name,
        "files": {name: {"sha256": sha256_hex(data), "bytes": len(data)} for name, data in files.items()},
        **facts,
    }
    # What no reader would read is not written.
    check_listed_sizes(target / METADATA_FILE, metadata["files"])
    return {**files, METADATA_FILE: encode_metadata(target / METADATA_FILE, metadata)}


def _encode_config(path, config):
    data = format_document(path, {"format_version": FORMAT_VERSION, **config})
    # Parsed again, so that what is checked is what a reader will see: lists for tuples, text for keys.
    parse_config(path, data)
    return data


def encode_metadata(path, metadata):
    """Returns `metadata.json` with its digest as bytes, checked; `path` names it in the error."""
    # With a digest of the right size, so that it counts.
    metadata = parse_document(path, format_document(path, metadata | {"digest": sha256_hex(b"")}))
    metadata["digest"] = metadata_digest(metadata)
    check_schema(path, metadata, METADATA_FILE)
    return format_document(path, metadata, sort_keys=True)


def _encode_extra_files(extra_files):
    reserved = {CONFIG_FILE, METADATA_FILE, WEIGHTS_FILE}
    for name, content in extra_files.items():
        plain = isinstance(name, str) and is_plain_file_name(name)
        expect(plain, "extra_files", f"named by plain file names that end in one of {FILE_ENDINGS}", name)
        # Some file systems take `Config.json` for `config.json`.
        expect(name.lower() not in reserved, "extra_files", f"without the names {sorted(reserved)}", name)
        text_or_bytes = isinstance(content, str | bytes)
        expect(text_or_bytes, f"extra_files[{name!r}]", "bytes or text", type(content).__name__)
    return {name: content.encode() if isinstance(content, str) else content for name, content in extra_files.items()}
