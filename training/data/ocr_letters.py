"""The handwritten letters for tensorflow-datasets, which lacks them: importing this registers `ocr_letters`."""

import string
import types

import numpy as np
import tensorflow_datasets as tfds

IMAGE_SHAPE = (16, 8, 1)
TEST_FOLD = 0
_FOLDER = "https://ai.stanford.edu/~btaskar/ocr/"
# The columns before the pixels: id, letter, next_id, word_id, position, fold.
_LETTER, _FOLD, _FIRST_PIXEL = 1, 5, 6
_NUM_COLUMNS = _FIRST_PIXEL + 16 * 8


class OcrLetters(tfds.core.GeneratorBasedBuilder):
    """Handwritten lower-case letters, 16 x 8 pixels, black and white: 47,535 to train on, 4,617 to test on.

    The words were collected by Rob Kassel, cleaned and parted into ten folds by Ben Taskar. Fold 0 is the test split.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = types.MappingProxyType({"1.0.0": "Fold 0 is the test split."})

    def _info(self):
        return tfds.core.DatasetInfo(
            builder=self,
            description=self.__doc__,
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=IMAGE_SHAPE, encoding_format="png"),
                    "label": tfds.features.ClassLabel(names=list(string.ascii_lowercase)),
                }
            ),
            supervised_keys=("image", "label"),
            homepage=_FOLDER,
            license="BSD-2-Clause, as distributed",
            citation="Taskar, Guestrin, Koller: Max-margin Markov networks, 2003",
        )

    def _split_generators(self, dl_manager):
        path = dl_manager.download_and_extract(_FOLDER + "letter.data.gz")
        return {"train": self._generate_examples(path, False), "test": self._generate_examples(path, True)}

    def _generate_examples(self, path, is_test):
        with open(path, encoding="ascii") as lines:
            for row, line in enumerate(lines):
                letter, fold, image = parse_row(line, row)
                if (fold == TEST_FOLD) == is_test:
                    yield row, {"image": image, "label": letter}


def parse_row(line, row):
    """Parses one line of `letter.data`.

    Args:
        line: tab-separated text: id, letter, next id, word id, position, fold, 128 pixels of `0` or `1`.
        row: number of the line from 0, for the error message.

    Returns:
        A triple: the letter, `"a"` to `"z"`; its fold, an integer; its image, uint8 `(16, 8, 1)` of 0 and 255.

    Raises:
        ValueError: if the line is not of that form.
    """
    columns = line.rstrip("\t\r\n").split("\t")
    pixels = columns[_FIRST_PIXEL:]
    is_row = (
        len(columns) == _NUM_COLUMNS
        and columns[_LETTER] in set(string.ascii_lowercase)
        and columns[_FOLD].isdecimal()
        and set(pixels) <= {"0", "1"}
    )
    if not is_row:
        expected = f"{_NUM_COLUMNS} columns with a letter, a fold and pixels of 0 or 1"
        raise ValueError(f"letter.data, line {row + 1}: expected {expected}, found {line[:60]!r}.")
    image = np.array(pixels, dtype="uint8").reshape(IMAGE_SHAPE) * np.uint8(255)
    return columns[_LETTER], int(columns[_FOLD]), image
