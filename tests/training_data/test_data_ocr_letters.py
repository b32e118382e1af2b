"""The builder of the handwritten letters, from a file of three lines, through tensorflow-datasets' own preparation."""

from unittest import mock

import numpy as np
import pytest
import tensorflow_datasets as tfds

from training.data.ocr_letters import OcrLetters, parse_row


def line(letter="a", fold="1", pixels=(1,) + (0,) * 127):
    return "\t".join(["7", letter, "8", "1", "2", fold, *map(str, pixels)]) + "\t\n"


@pytest.fixture
def builder(tmp_path):
    """A builder that has prepared three letters: c in fold 0, a and z in others."""
    path = tmp_path / "letter.data"
    path.write_text(line("c", "0", [0] * 127 + [1]) + line("a", "1") + line("z", "9"), "ascii")
    builder = OcrLetters(data_dir=str(tmp_path / "prepared"))
    with mock.patch.object(tfds.download.DownloadManager, "download_and_extract", return_value=str(path)) as download:
        builder.download_and_prepare()
    assert download.call_args.args[0].endswith("/letter.data.gz")
    return builder


def read(builder, split):
    return list(tfds.as_numpy(builder.as_dataset(split=split, as_supervised=True)))


def test_fold_0_is_the_test_split_and_the_others_train(builder):
    assert [int(label) for _, label in read(builder, "test")] == [2]  # c
    assert sorted(int(label) for _, label in read(builder, "train")) == [0, 25]  # a and z


def test_images_are_black_and_white_and_keep_their_pixels(builder):
    [(image, _)] = read(builder, "test")
    assert (image.shape, image.dtype) == ((16, 8, 1), np.uint8)
    assert np.argwhere(image[..., 0] == 255).tolist() == [[15, 7]]
    assert image.sum() == 255


def test_a_pixel_of_the_line_is_row_by_row():
    letter, fold, image = parse_row(line(pixels=[0] * 9 + [1] + [0] * 118), 0)
    assert (letter, fold) == ("a", 1)
    assert np.argwhere(image).tolist() == [[1, 1, 0]]  # 9 = 1 * 8 + 1


@pytest.mark.parametrize(
    "broken",
    [line("A"), line("ab"), line(fold="x"), line(pixels=(0,) * 127), line(pixels=(2,) + (0,) * 127), "\n"],
    ids=["capital", "two_letters", "fold", "127_pixels", "pixel_of_2", "empty"],
)
def test_a_line_of_another_form_is_refused_with_its_number(broken):
    with pytest.raises(ValueError, match=r"letter\.data, line 5: expected 134 columns"):
        parse_row(broken, 4)
