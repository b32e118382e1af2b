"""Values that are wrong, as strategies of hypothesis."""

import numpy as np
from hypothesis import strategies

NUMBERS = strategies.one_of(
    strategies.sampled_from((0, -1, 1, 2, 3, 4, 2**31, 2**32, 2**53, 2**62, 2**63 - 1, 2**63, 10**30, 10**400)),
    strategies.integers(-4, 100),
    strategies.sampled_from((0.0, -0.0, 0.5, 4.0, 1e-300, 1e38, 1e39, 1e308, -1.5)),
)
TEXTS = strategies.one_of(
    strategies.sampled_from(
        ("", "a", "b", "x", "basic", "batch", "layer", "transformer", "convnext", "outputs", "patches", "float32")
    ),
    strategies.sampled_from(("\ud800", "\0", "\x1b[2J", "a/b", "../a", "a\nb", "é", "a" * 5000)),
    strategies.text(max_size=8),
)
PLAIN = strategies.one_of(strategies.none(), strategies.booleans(), NUMBERS, TEXTS)
JSON = strategies.recursive(
    PLAIN,
    lambda inner: strategies.one_of(
        strategies.lists(inner, max_size=5), strategies.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=8,
)
SHAPES = strategies.one_of(
    strategies.lists(strategies.integers(0, 5), max_size=5),
    strategies.sampled_from(([1] * 65, [1] * 64, [0, 2**62, 2**62], [2**31, 2**31], [0] * 70, [2**63 - 1])),
)
DTYPES = strategies.sampled_from(("float16", "float64", "int8", "int64", "uint8", "bool", "float32", "int16", "uint32"))
SPECIAL = strategies.sampled_from((np.nan, np.inf, -np.inf, -1.0, 0.0, 1e39, 1e300, 0.5, 2.0, -1e-30))


@strategies.composite
def bytes_changed(draw, data):
    """Returns bytes with a few of them changed, left out, put in or said twice, as a strategy."""
    changed = bytearray(data)
    for _ in range(draw(strategies.integers(1, 4))):
        start = draw(strategies.integers(0, len(changed)))
        length = draw(strategies.sampled_from((0, 1, 1, 1, 2, 8, 100)))
        piece = draw(strategies.one_of(strategies.binary(max_size=8), strategies.just(bytes(changed[start:][:length]))))
        changed[start : start + length] = piece
    return bytes(changed)


@strategies.composite
def json_changed(draw, document):
    """Returns a JSON document with one or two values in it, or keys, changed, as a strategy.

    Args:
        draw: of hypothesis.
        document: dict of plain data; it is changed.
    """
    for _ in range(draw(strategies.integers(1, 2))):
        places = list(_places(document))
        if not places:
            break
        parent, key = draw(strategies.sampled_from(places))
        what = draw(strategies.integers(0, 5))
        if what == 0:
            del parent[key]
        elif what == 1 and isinstance(parent, dict):
            parent[draw(TEXTS)] = parent.pop(key)
        elif what == 2 and isinstance(parent[key], int | float):
            parent[key] = draw(NUMBERS)
        else:
            parent[key] = draw(JSON)
    return document


@strategies.composite
def array_changed(draw, array):
    """Returns an array with another type, another shape or a special value, as a strategy."""
    what = draw(strategies.integers(0, 3))
    with np.errstate(all="ignore"):
        if what == 0:
            return np.asarray(array).astype(draw(DTYPES))
        if what == 1:
            shape = draw(strategies.lists(strategies.integers(0, 5), max_size=4))
            return np.zeros(shape, np.asarray(array).dtype)
        changed = np.array(array, "float64" if what == 2 else "float32")
        if changed.size:
            changed.flat[draw(strategies.integers(0, changed.size - 1))] = draw(SPECIAL)
        return changed


def _places(value):
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in list(pairs):
        yield value, key
        if isinstance(child, dict | list):
            yield from _places(child)
