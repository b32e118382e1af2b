"""`to_shape` keeps aspect ratio and brightness, and centres."""

import numpy as np
import pytest

from keras_modnet import fit_images
from training.data import to_shape


def filled(shape, value=200):
    return np.full(shape, value, "uint8")


def test_images_of_the_shape_are_returned_as_they_are():
    images = filled((2, 28, 28, 1))
    assert to_shape(images, (28, 28, 1)) is images


def test_a_tall_letter_fills_the_height_and_is_centred_on_black():
    # 28 / 16 = 1.75, the smaller of both factors: 16 x 8 becomes 28 x 14, with (28 - 14) / 2 = 7 black columns a side
    shaped = to_shape(filled((1, 16, 8, 1)), (28, 28, 1), "pad")
    expected = np.zeros((1, 28, 28, 1), "uint8")
    expected[:, :, 7:21] = 200
    np.testing.assert_array_equal(shaped, expected)


def test_a_wide_image_fills_the_width():
    shaped = to_shape(filled((1, 2, 4, 1)), (8, 8, 1))
    assert (shaped[0, :, 0, 0] == 200).tolist() == [False] * 2 + [True] * 4 + [False] * 2


def test_a_square_digit_is_enlarged_to_the_whole():
    np.testing.assert_array_equal(to_shape(filled((3, 8, 8, 1)), (28, 28, 1)), filled((3, 28, 28, 1)))


def test_shrinking_averages_so_that_thin_strokes_stay():
    stroke = np.zeros((1, 32, 32, 1), "uint8")
    stroke[:, :, 13] = 255
    # One column of 255 in groups of four columns: 64 on average, spread by the filter over its neighbours.
    assert to_shape(stroke, (8, 8, 1))[0, 4].sum() == pytest.approx(64, abs=3)


def test_greyscale_is_repeated_to_three_channels():
    grey = np.arange(16, dtype="uint8").reshape(1, 4, 4, 1)
    np.testing.assert_array_equal(to_shape(grey, (4, 4, 3)), np.repeat(grey, 3, axis=-1))


def test_rgb_becomes_luminance():
    # 0.299 * 100 + 0.587 * 200 + 0.114 * 50 = 153
    colour = np.broadcast_to(np.array([100, 200, 50], "uint8"), (1, 4, 4, 3))
    np.testing.assert_array_equal(to_shape(colour, (4, 4, 1)), filled((1, 4, 4, 1), 153))


def test_other_rules_are_those_of_models():
    images = np.random.default_rng(0).integers(0, 256, (2, 6, 4, 1)).astype("uint8")
    for resizing in ("stretch", "crop", {"mode": "crop", "short_side": 6, "interpolation": "bicubic"}):
        shaped = to_shape(images, (5, 5, 1), resizing)
        assert shaped.dtype == np.uint8
        assert np.abs(shaped - fit_images(images, (5, 5, 1), resizing)).max() <= 0.5


@pytest.mark.parametrize(
    ("images", "image_shape", "message"),
    [
        (np.zeros((1, 4, 4, 1)), (8, 8, 1), r"`images` must be a numpy array of uint8\. Received: dtype\('float64'\)"),
        ([0], (8, 8, 1), r"`images` must be a numpy array of uint8\. Received: <class 'list'>"),
        (filled((4, 4, 1)), (8, 8, 1), r"`images` must be of shape .* Received: \(4, 4, 1\)"),
        (filled((1, 4, 4, 2)), (8, 8, 1), r"`images` must be of 1 channels.* Received: \(1, 4, 4, 2\)"),
        (filled((1, 4, 4, 1)), (8, 8), r"`image_shape` must be .* Received: \(8, 8\)"),
        (filled((1, 4, 4, 1)), (8, 8, 4), r"`images` must be of 4 channels"),
    ],
)
def test_other_forms_are_refused(images, image_shape, message):
    with pytest.raises(ValueError, match=message):
        to_shape(images, image_shape)
