"""Folders of images among the arguments of Keras's `fit` and `evaluate`."""

from keras_modnet.checks import expect, expect_count
from keras_modnet.data.image_folders import ImageFolder, opened
from keras_modnet.data.image_lists import is_path

# As Keras has it.
BATCH_SIZE = 32


def with_folders(expected, given):
    """Returns arguments of `fit` or `evaluate` in which folders are datasets.

    Args:
        expected: `Expected`.
        given: `{name: value}`; of a folder for `x`, `batch_size` and `validation_split` are taken out.

    Raises:
        ValueError: a folder that the task cannot take, labels or weights beside one, or a split beside
            `validation_data`.
    """
    given = dict(given)
    if is_path(given.get("x")):
        batch_size = given.pop("batch_size", None)
        batch_size = BATCH_SIZE if batch_size is None else batch_size
        expect_count("batch_size", batch_size)
        for name in ("y", "sample_weight"):
            expect(given.get(name) is None, name, "None where `x` is a folder", type(given.get(name)).__name__)
        share, other = given.pop("validation_split", 0) or 0, given.get("validation_data")
        expect(share == 0 or other is None, "validation_split", "0 where there are `validation_data`", share)
        given["x"] = opened(expected, given["x"], "x", batch_size=batch_size)
        if share:
            given["x"], given["validation_data"] = given["x"].split(share)
        if not given.pop("shuffle", True):
            given["x"] = given["x"].in_order()
    if is_path(given.get("validation_data")):
        given["validation_data"] = opened(expected, given["validation_data"], "validation_data").in_order()
    for name in ("x", "validation_data"):
        if isinstance(given.get(name), ImageFolder):
            given[name].expect_for(expected, name)
    return given


def names_of_folder(data):
    """Returns the names of the classes of an `ImageFolder`, None of any other data."""
    return data.class_names if isinstance(data, ImageFolder) else None
