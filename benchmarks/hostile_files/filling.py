"""How much more has room in a document until it is as large as a reader takes it."""

import json

from keras_modnet.converters import strict_json


def room(document, one=None):
    """Returns how many times `one` more has room in a document; as a text, how many characters where it is None."""
    data = json.dumps(document, ensure_ascii=False).encode()
    if one is None:
        return strict_json.MAX_BYTES - len(data)
    return (strict_json.MAX_VALUES - strict_json.count_values(data)) // strict_json.count_values(one.encode())


def many(document, one, last):
    """Returns a dict of as many equal entries as have room in a document, and another one as the last.

    Args:
        document: what it will be part of.
        one: plain data.
        last: plain data of as many values or fewer.
    """
    count = room(document, f", x: {json.dumps(one)}") - 4
    return {f"x{number}": one for number in range(count)} | {"last": last}


def ones(document):
    """Returns a list of as many numbers as have room in a document."""
    return [1] * (room(document, ",") - 10)
