"""JSON of a stranger: strict, and as small as any honest document."""

import json
import math

MAX_BYTES = 4 * 2**20
MAX_VALUES = 80_000
"""Most commas, colons and brackets in one document: what it costs in memory goes by them, not by its bytes."""

MAX_DEPTH = 32
"""Deepest nesting of a document. Far above any honest one, far below what exhausts the stack."""

MAX_INTEGER = 2**63 - 1
"""Largest whole number. What counts something stays far below; arithmetic on larger ones fails in many places."""

_CONTAINERS = (dict, list)


def parse_json(data):
    """Returns the JSON object in bytes.

    Args:
        data: bytes, UTF-8.

    Raises:
        ValueError: it is no JSON object, too large or nested deeper than `MAX_DEPTH`, or holds a number that is not
            finite or a key twice in one object. The text says what was found.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"{len(data)} bytes, where {MAX_BYTES} are the most")
    values = count_values(data)
    if values > MAX_VALUES:
        raise ValueError(f"{values} commas, colons and brackets, where {MAX_VALUES} are the most")
    try:
        document = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_constant=_finite,
            parse_float=_finite,
            parse_int=_bounded,
        )
    except RecursionError as error:
        raise ValueError(f"more than {MAX_DEPTH} levels of nesting") from error
    if not isinstance(document, dict):
        raise ValueError(f"a JSON {type(document).__name__} in place of an object")
    if _is_deeper(document, MAX_DEPTH):
        raise ValueError(f"more than {MAX_DEPTH} levels of nesting")
    return document


def count_values(data):
    """Returns the number of commas, colons and brackets in the bytes of a JSON document.

    Those inside of texts count, too: the texts of an honest document hold few.
    """
    return sum(data.count(sign) for sign in b",:[{")


def _unique_keys(pairs):
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("the same key twice in one object")
    return document


def _finite(text):
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:40]}, which is not finite")
    return number


def _bounded(text):
    # Its length first: turning thousands of digits into a number takes long.
    number = int(text) if len(text) <= 20 else None
    if number is None or not -MAX_INTEGER <= number <= MAX_INTEGER:
        raise ValueError(f"the number {text[:40]}, which is too large")
    return number


def _is_deeper(document, depth):
    level = [document]
    for _ in range(depth):
        children = (value.values() if isinstance(value, dict) else value for value in level)
        level = [child for values in children for child in values if isinstance(child, _CONTAINERS)]
    return bool(level)
