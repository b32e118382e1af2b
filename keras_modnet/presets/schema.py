"""Checks JSON documents against the JSON Schemas (draft 2020-12) in the folder `schemas`."""

import functools
import importlib.resources
import itertools
import json

from keras_modnet.presets.errors import PresetError

MAX_FAULTS = 100


@functools.cache
def load_schema(name):
    """Returns the schema of the preset file `name`: `"config.json"`, `"metadata.json"` or `"task.json"`."""
    folder = importlib.resources.files("keras_modnet.presets") / "schemas"
    return json.loads((folder / name).read_text(encoding="utf-8"))


def check_schema(path, document, name):
    """Raises `PresetError`, which names the JSON path, unless `document` follows the schema `name`.

    Args:
        path: path of the file that holds the document, for the error.
        document: the parsed document.
        name: name of the schema, `"config.json"`, `"metadata.json"` or `"task.json"`.
    """
    # Imported here: a program that opens no preset need not spend the time that this takes.
    from jsonschema import Draft202012Validator, validators
    from jsonschema.exceptions import best_match

    # Of tensors there may be tens of thousands, and the library takes long for each. It says what is wrong with them.
    if _are_described(document.get("tensors")):
        document = document | {"tensors": {}}
    # A whole number is one that is written so: no 4.0.
    whole = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda checker, value: type(value) is int)
    validator = validators.extend(Draft202012Validator, type_checker=whole)
    # The best of the first faults: a document may consist of nothing else.
    fault = best_match(itertools.islice(validator(load_schema(name)).iter_errors(document), MAX_FAULTS))
    if fault is not None:
        rule = _shorten(f"{fault.validator}: {json.dumps(fault.validator_value)}")
        # What is unknown here a newer version may have written.
        advice = "; update keras_modnet" if fault.validator == "additionalProperties" else ""
        raise PresetError(path, f"{_shorten(fault.json_path)} to obey `{rule}`", _shorten(fault.message) + advice)


def _are_described(tensors):
    """Whether the listed tensors follow the schema."""
    dtypes = load_schema("task.json")["properties"]["tensors"]["additionalProperties"]["properties"]["dtype"]["enum"]
    if not isinstance(tensors, dict):
        return False
    for said in tensors.values():
        if not (isinstance(said, dict) and said.keys() == {"shape", "dtype"} and said["dtype"] in dtypes):
            return False
        shape = said["shape"]
        if not (isinstance(shape, list) and all(type(side) is int and side >= 0 for side in shape)):
            return False
    return True


def _shorten(text):
    # Both ends are kept: a message begins with the value, which may be long, and ends with what is wrong with it.
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:97]} ... {line[-98:]}"
