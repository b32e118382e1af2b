"""JSON documents of a preset: strict parsing, deterministic writing."""

import json
import math

from keras_modnet.presets.errors import PresetError
from keras_modnet.presets.files import FORMAT_VERSION

MAX_DEPTH = 32
"""Deepest nesting of a document. Far above any honest one, far below what exhausts the stack."""


def parse_document(path, data):
    """Returns the JSON object in `data`.

    Args:
        path: path of the file that `data` comes from, for the error.
        data: bytes, UTF-8.

    Raises:
        PresetError: if `data` is no JSON object, holds a number that is not finite or a key twice in one object,
            is nested deeper than `MAX_DEPTH`, or states a `format_version` newer than `FORMAT_VERSION`.
    """
    try:
        document = json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_finite, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise PresetError(path, "valid JSON", str(error)) from error
    if not isinstance(document, dict):
        raise PresetError(path, "a JSON object", f"a JSON {type(document).__name__}")
    if _is_deeper(document, MAX_DEPTH):
        raise PresetError(path, f"at most {MAX_DEPTH} levels of nesting", "more")
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


def _unique_keys(pairs):
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("the same key twice in one object")
    return document


def _finite(text):
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text}, which is not finite")
    return number


def _is_deeper(document, depth):
    level = [document]
    for _ in range(depth):
        level = [child for value in level for child in _children(value)]
    return bool(level)


def _children(value):
    children = value.values() if isinstance(value, dict) else value
    return [child for child in children if isinstance(child, dict | list)]


def _check_version(path, version):
    # What else is wrong with a version, the schema finds; a newer one has a schema that is not known here.
    if isinstance(version, int | float) and version > FORMAT_VERSION:
        newer = f"format_version {version}: update keras_modnet"
        raise PresetError(path, f"format_version {FORMAT_VERSION} or older", newer)
