"""JSON documents of a preset: strict parsing, deterministic writing."""

import json

from keras_modnet.converters.strict_json import parse_json
from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import FORMAT_VERSION


def parse_document(path, data):
    """Returns the JSON object in `data`.

    Args:
        path: path of the file that `data` comes from, for the error.
        data: bytes, UTF-8.

    Raises:
        PresetError: if `data` is no JSON object as `converters.strict_json` takes it, or states a `format_version`
            newer than `FORMAT_VERSION`.
    """
    try:
        document = parse_json(data)
    except ValueError as error:
        raise PresetError(path, "valid JSON", str(error)) from error
    _check_version(path, document.get("format_version"))
    return document


def format_document(path, document, sort_keys=False):
    """Returns `document` as the bytes of a JSON file that people can read.

    Args:
        path: path of the file to be, for the error.
        document: a dict of plain JSON values; tuples become lists.
        sort_keys: whether keys are sorted. A configuration keeps its order: tasks are listed in it.

    Raises:
        PresetError: if `document` holds a value that JSON cannot hold, such as NaN or an array.
    """
    try:
        text = json.dumps(document, indent=2, sort_keys=sort_keys, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise PresetError(path, "plain JSON values and finite numbers", str(error)) from error
    return (text + "\n").encode("ascii")


def plain_json(value):
    """Returns `value` as it comes back from a JSON file: tuples as lists, keys as text."""
    return json.loads(json.dumps(value, allow_nan=False))


def _check_version(path, version):
    # What else is wrong with a version, the schema finds; a newer one has a schema that is not known here.
    if isinstance(version, int | float) and version > FORMAT_VERSION:
        newer = f"format_version {version}: update keras_modnet"
        raise PresetError(path, f"format_version {FORMAT_VERSION} or older", newer)
