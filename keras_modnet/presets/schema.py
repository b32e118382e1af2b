"""Checks JSON documents against the JSON Schemas (draft 2020-12) in the folder `schemas`."""

import functools
import importlib.resources
import itertools
import json

from keras_modnet.presets.errors import PresetError

MAX_FAULTS = 100
MAX_CHECKS = 3_000
"""Most values that the library looks at; it takes microseconds for each. Tensors and lists of texts are not of them."""

# Of values of which nothing else is asked.
_PYTHON_TYPES = {'{"type": "string"}': str, '{"type": "number"}': float, '{"type": "integer"}': int}


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
    from jsonschema.exceptions import best_match

    # Of tensors there may be thousands, and the library takes long for each: it says what is wrong with the wrong ones.
    if isinstance(document.get("tensors"), dict):
        wrong = (item for item in document["tensors"].items() if not _is_described(item[1]))
        document = document | {"tensors": dict(itertools.islice(wrong, MAX_FAULTS))}
    # The best of the first faults: a document may consist of nothing else.
    fault = best_match(itertools.islice(_validator(path, load_schema(name)).iter_errors(document), MAX_FAULTS))
    if fault is not None:
        rule = _shorten(f"{fault.validator}: {json.dumps(fault.validator_value)}")
        # What is unknown here a newer version may have written.
        advice = "; update keras_modnet" if fault.validator == "additionalProperties" else ""
        raise PresetError(path, f"{_shorten(fault.json_path)} to obey `{rule}`", _shorten(fault.message) + advice)


def _validator(path, schema):
    """Returns a validator of the library that looks at `MAX_CHECKS` values at most, and quickly at lists of one type.

    Args:
        path: path of the file, for the error where there are more values.
        schema: what `load_schema` returned.
    """
    from jsonschema import Draft202012Validator, validators

    checks = itertools.count(1)

    def of_type(validator, types, value, part):
        if next(checks) > MAX_CHECKS:
            raise PresetError(path, f"at most {MAX_CHECKS} values under its schema", "more of them")
        yield from Draft202012Validator.VALIDATORS["type"](validator, types, value, part)

    def items(validator, rule, values, part):
        if not isinstance(values, list):
            return
        # The rest is looked at by the library, which says what is wrong.
        known = _PYTHON_TYPES.get(json.dumps(rule))
        for index, value in enumerate(values[: part.get("maxItems")]):
            if type(value) is not known:
                yield from validator.descend(value, rule, path=index)

    def reference(validator, place, value, part):
        yield from validator.descend(value, schema["$defs"][place.removeprefix("#/$defs/")])

    # A whole number is one that is written so: no 4.0.
    whole = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda checker, value: type(value) is int)
    keywords = {"type": of_type, "items": items, "$ref": reference}
    return validators.extend(Draft202012Validator, keywords, type_checker=whole)(schema)


def _is_described(said):
    """Whether what is said of a tensor follows the schema."""
    dtypes = load_schema("task.json")["properties"]["tensors"]["additionalProperties"]["properties"]["dtype"]["enum"]
    if not (isinstance(said, dict) and said.keys() == {"shape", "dtype"} and said["dtype"] in dtypes):
        return False
    shape = said["shape"]
    return isinstance(shape, list) and all(type(side) is int and side >= 0 for side in shape)


def _shorten(text):
    # Both ends are kept: a message begins with the value, which may be long, and ends with what is wrong with it.
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:97]} ... {line[-98:]}"
