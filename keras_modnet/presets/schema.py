"""Checks JSON documents against the JSON Schemas (draft 2020-12) in the folder `schemas`."""

import functools
import importlib.resources
import json

from keras_modnet.presets.errors import PresetError


@functools.cache
def load_schema(name):
    """Returns the schema of the preset file `name`: `"config.json"` or `"metadata.json"`."""
    folder = importlib.resources.files("keras_modnet.presets") / "schemas"
    return json.loads((folder / name).read_text(encoding="utf-8"))


def check_schema(path, document, name):
    """Raises `PresetError`, which names the JSON path, unless `document` follows the schema `name`.

    Args:
        path: path of the file that holds the document, for the error.
        document: the parsed document.
        name: name of the schema, `"config.json"` or `"metadata.json"`.
    """
    # Imported here: a program that opens no preset need not spend the time that this takes.
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    fault = best_match(Draft202012Validator(load_schema(name)).iter_errors(document))
    if fault is not None:
        rule = _shorten(f"{fault.validator}: {json.dumps(fault.validator_value)}")
        # What is unknown here a newer version may have written.
        advice = "; update keras_modnet" if fault.validator == "additionalProperties" else ""
        raise PresetError(path, f"{_shorten(fault.json_path)} to obey `{rule}`", _shorten(fault.message) + advice)


def _shorten(text):
    # Both ends are kept: a message begins with the value, which may be long, and ends with what is wrong with it.
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:97]} ... {line[-98:]}"
