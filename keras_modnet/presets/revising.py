"""Gives a preset that is there another card; its other files keep every byte."""

from pathlib import Path

from keras_modnet.checks import expect
from keras_modnet.presets.documents import format_document, parse_document
from keras_modnet.presets.files import METADATA_FILE, WEIGHTS_FILE, read_listed_file
from keras_modnet.presets.hashing import metadata_digest, sha256_hex
from keras_modnet.presets.publishing import publish_folder
from keras_modnet.presets.reading import read_metadata
from keras_modnet.presets.schema import check_schema

CARD_FILE = "README.md"


def revise_card(folder, card, text):
    """Replaces the facts and the text of a preset's card, whole or not at all.

    Every other file is read, checked against its hash, and written as it is. The former `README.md` is not read: it may
    have been edited by hand. An entry without weights goes on without them.

    Args:
        folder: path of the preset folder.
        card: the facts, as `write_preset` takes them.
        text: the new `README.md`.

    Returns:
        `folder` as a `Path`.

    Raises:
        ValueError: if `text` is no text.
        PresetError: if the folder holds no preset, another file of it is missing or altered, or `card` does not follow
            its schema.
    """
    expect(isinstance(text, str), "text", "text", type(text).__name__)
    folder = Path(folder).expanduser()
    target = folder.resolve()
    metadata = read_metadata(target)
    listed = metadata["files"]
    # The weights of an entry are listed, and are elsewhere.
    absent = {CARD_FILE, WEIGHTS_FILE} if "origin" in metadata else {CARD_FILE}
    files = {name: read_listed_file(target / name, listed[name]) for name in listed.keys() - absent}
    files[CARD_FILE] = text.encode()
    described = {"sha256": sha256_hex(files[CARD_FILE]), "bytes": len(files[CARD_FILE])}
    revised = {**metadata, "card": card, "files": {**listed, CARD_FILE: described}}
    path = target / METADATA_FILE
    # Parsed again, so that what is checked is what a reader will see.
    revised = parse_document(path, format_document(path, revised))
    revised["digest"] = metadata_digest(revised)
    check_schema(path, revised, METADATA_FILE)
    replaced = {**files, METADATA_FILE: format_document(path, revised, sort_keys=True)}
    # The weights that an entry lists are carried over where they have been put beside it.
    publish_folder(target, replaced, lambda former: set(replaced))
    return folder
