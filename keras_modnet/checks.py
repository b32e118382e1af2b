"""The one form of every argument error: the argument, what was expected, what was received."""

import numbers


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
        raise ValueError(f"`{argument}` must be {expected}. Received: {received!r}.")


def expect_count(argument, value, minimum=1):
    """Raises `ValueError` unless `value` is a whole number of at least `minimum`."""
    # NumPy's whole numbers are such, too.
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    expect(whole and value >= minimum, argument, f"a whole number of at least {minimum}", value)


def expect_one_of(argument, value, choices):
    """Raises `ValueError` unless `value` is one of `choices`."""
    expect(value in choices, argument, "one of " + ", ".join(repr(choice) for choice in choices), value)
