"""Tensors of a file against those that a model needs: first what is said of them, then their values."""

import numpy as np

from keras_modnet.checks import LARGEST_FLOAT, SMALLEST_FLOAT

FLOATS = ("float16", "float32", "float64")


def check_described(file, expected, described, error):
    """Raises an error unless the tensors that a file describes are those of a model.

    Args:
        file: path of the file that describes them, for the error.
        expected: iterable of `(name, Expected)`; see `expected_tensors`.
        described: `{name: {"shape": [...], "dtype": "float32"}}`.
        error: class of the error, called with the file, what was expected and what was found.

    Returns:
        `{name: Expected}`.
    """
    checked = {}
    for name, one in expected:
        # Stops at the first name that is not there, however many the arguments ask for.
        found, checked[name] = described.get(name), one
        if found is None:
            raise error(file, f"tensor '{name}' of shape {one.shape}", "none of this name")
        if tuple(found["shape"]) != one.shape:
            raise error(file, f"{name} of shape {one.shape}", f"shape {tuple(found['shape'])}")
        dtypes = ("bool",) if one.is_flag else FLOATS
        if found["dtype"] not in dtypes:
            raise error(file, f"{name} of a type out of {', '.join(dtypes)}", found["dtype"])
    if extra := described.keys() - checked.keys():
        raise error(file, "the tensors of the model alone", f"'{min(extra)}' beside them")
    return checked


def fault_of(expected, array):
    """Returns what is wrong with the values of a tensor, a phrase, or None.

    Args:
        expected: the `Expected` of it.
        array: NumPy array; a truth value, or floats.
    """
    if expected.is_flag or array.size == 0:
        return None
    # Of NaN and another number NumPy gives NaN: without an array of truth values as large as this one.
    low, high = (float(value) for value in (array.min(), array.max()))
    if not -LARGEST_FLOAT <= low <= high <= LARGEST_FLOAT:
        return "a number that is not finite"
    if expected.positive == "over 0" and low < SMALLEST_FLOAT:
        return f"{low}, where only numbers over 0 can be"
    if expected.positive == "from 0" and low < 0:
        return f"{low}, where no number under 0 can be"
    return None


def check_values(file, expected, arrays, error):
    """Raises an error unless the values of tensors are those that a model can have: finite, variances not negative.

    Args:
        file: path of the file that they come from, for the error.
        expected: `{name: Expected}`.
        arrays: `{name: array}`, all of them.
        error: as for `check_described`.
    """
    for name, one in expected.items():
        fault = fault_of(one, np.asarray(arrays[name]))
        if fault is not None:
            raise error(file, f"{name} of finite numbers in their range", fault)
