"""The one form of every argument error: the argument, what was expected, what was received."""

import numbers

MAX_TEXT = 1000
"""Longest part of an error's text, in characters: what is received may be a whole file."""

# The range of float32 without its denormal numbers, which processors may take for zero.
LARGEST_FLOAT = 3.4028234e38
SMALLEST_FLOAT = 1.1754944e-38


def expect(condition, argument, expected, received):
    """Raises `ValueError` unless `condition` holds.

    Args:
        condition: what has to be true.
        argument: name of the argument that is checked, as the caller wrote it.
        expected: a phrase that completes "must be ...".
        received: the value that was passed.

    Raises:
        ValueError: ``"`argument` must be expected. Received: received."``
    """
    if not condition:
        raise ValueError(f"`{printable(argument)}` must be {printable(expected)}. Received: {shorten(repr(received))}.")


def expect_count(argument, value, minimum=1, maximum=None):
    """Raises `ValueError` unless `value` is a whole number of at least `minimum` and, if given, at most `maximum`."""
    # NumPy's whole numbers are such, too.
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    inside = whole and value >= minimum and (maximum is None or value <= maximum)
    limits = f"at least {minimum}" if maximum is None else f"at least {minimum} and at most {maximum}"
    expect(inside, argument, f"a whole number of {limits}", value)


def expect_number(argument, value, above=None, minimum=None):
    """Raises `ValueError` unless `value` is a number that float32 can hold, in the range that is asked for.

    Args:
        argument: name of the argument.
        value: what was passed; a bool is no number.
        above: what the number has to be larger than, or None.
        minimum: what it has to be at least, or None.
    """
    number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    # NaN is in no range.
    number = number and -LARGEST_FLOAT <= value <= LARGEST_FLOAT
    # A positive number that becomes zero in float32 is none.
    inside = number and (above is None or value >= above + SMALLEST_FLOAT) and (minimum is None or value >= minimum)
    limits = f" over {above}" if above is not None else "" if minimum is None else f" of at least {minimum}"
    expect(inside, argument, f"a finite number{limits}", value)


def expect_share(argument, value):
    """Raises `ValueError` unless `value` is a number from 0 to 1."""
    number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    expect(number and 0 <= value <= 1, argument, "a number from 0 to 1", value)


def expect_bool(argument, value):
    """Raises `ValueError` unless `value` is True or False."""
    expect(isinstance(value, bool), argument, "True or False", value)


def expect_one_of(argument, value, choices):
    """Raises `ValueError` unless `value` is one of `choices`, and of its type."""
    known = any(isinstance(value, type(choice)) and value == choice for choice in choices)
    expect(known, argument, "one of " + ", ".join(repr(choice) for choice in choices), value)


def printable(text):
    """Returns a text that any terminal and any file takes: without what cannot be encoded or would move the cursor.

    Args:
        text: any text; of a file name or a document it may hold half a character, or the codes that steer a terminal.
    """
    text = shorten(text)
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def shorten(text):
    """Returns a text of at most `MAX_TEXT` characters; both ends are kept."""
    half = MAX_TEXT // 2
    return text if len(text) <= MAX_TEXT else f"{text[: half - 3]} ... {text[2 - half :]}"
