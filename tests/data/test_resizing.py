import numpy as np
import pytest
from PIL import Image

from keras_modnet.data.resizing import Resizing, can_fit, fit_images, placement

MODEL = (28, 28, 1)
BICUBIC_CROP = {"mode": "crop", "short_side": 32, "interpolation": "bicubic"}


def test_images_that_fit_stay_as_they_are():
    images = np.arange(32, dtype="uint8").reshape(2, 4, 4, 1)
    fitted = fit_images(images, (4, 4, 1), "stretch")
    assert fitted.dtype == "uint8"
    np.testing.assert_array_equal(fitted, images)


def test_a_constant_image_stays_constant_at_any_size():
    images = np.full((2, 6, 4, 1), 7, "uint8")
    for shape in ((3, 8, 1), (12, 2, 1)):
        np.testing.assert_allclose(fit_images(images, shape, "stretch"), np.full((2, *shape), 7.0), rtol=1e-5)


def test_half_the_size_is_smoothed_and_halves_keep_their_side():
    stripes = np.tile(np.array([0.0, 200.0], "float32"), 8)[None, :, None, None]
    small = fit_images(np.repeat(stripes, 16, axis=2), (4, 4, 1), "stretch")
    # Picking single rows would give 0 or 200.
    assert np.abs(small - 100).max() < 20
    halves = np.zeros((1, 8, 8, 1), "uint8")
    halves[:, :, 4:] = 200
    small = fit_images(halves, (4, 4, 1), "stretch")[0, :, :, 0]
    assert (small[:, 0] < 20).all()
    assert (small[:, -1] > 180).all()


def test_grey_becomes_rgb_by_repeating_it():
    images = np.random.default_rng(0).integers(0, 255, (2, 4, 4, 1)).astype("uint8")
    np.testing.assert_array_equal(fit_images(images, (4, 4, 3), "stretch"), np.concatenate([images] * 3, axis=-1))


def test_rgb_becomes_grey_by_its_luma():
    images = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 9, 9]], "uint8").reshape(4, 1, 1, 3)
    np.testing.assert_allclose(
        fit_images(images, (1, 1, 1), "stretch").ravel(), [76.245, 149.685, 29.07, 9.0], rtol=1e-5
    )


def test_channels_that_cannot_become_those_of_the_model_are_refused():
    assert can_fit(5, 5)
    assert not can_fit(4, 3)
    with pytest.raises(ValueError, match="`images` must be of 3 channels"):
        fit_images(np.zeros((2, 4, 4, 4), "uint8"), (4, 4, 3), "stretch")
    with pytest.raises(ValueError, match="`images` must be of shape"):
        fit_images(np.zeros((4, 4, 3), "uint8"), (4, 4, 3), "stretch")


@pytest.mark.parametrize("size", [(16, 8), (75, 53), (28, 90), (200, 3)])
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_pixels_are_those_of_pillow_in_floating_point(size, interpolation):
    pixels = np.random.default_rng(0).uniform(80, 160, size).astype("float32")
    method = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}[interpolation]
    expected = np.asarray(Image.fromarray(pixels).resize((28, 28), method))
    resizing = {"mode": "stretch", "interpolation": interpolation}
    np.testing.assert_allclose(fit_images(pixels[None, ..., None], MODEL, resizing)[0, ..., 0], expected, atol=1e-3)
    # The centre of what is resized whole: pixels beyond the crop count at its border.
    height, width = placement(np, np.array(size), MODEL[:2], Resizing("crop", 32))[0]
    whole = np.asarray(Image.fromarray(pixels).resize((int(width), int(height)), method))
    top, left = round((height - 28) / 2), round((width - 28) / 2)
    resizing = {"mode": "crop", "short_side": 32, "interpolation": interpolation}
    cropped = fit_images(pixels[None, ..., None], MODEL, resizing)[0, ..., 0]
    np.testing.assert_allclose(cropped, whole[top : top + 28, left : left + 28], atol=1e-3)


@pytest.mark.parametrize(
    ("resizing", "size", "scaled", "offset"),
    [
        ("stretch", (16, 8), (28, 28), (0, 0)),
        # 28 / 16 = 1.75: 28 x 14, with 7 columns on either side; and turned by a right angle.
        ("pad", (16, 8), (28, 14), (0, 7)),
        ("pad", (8, 16), (14, 28), (7, 0)),
        # At least one pixel.
        ("pad", (300, 1), (28, 1), (0, 14)),
        # 28 / 8 = 3.5: 56 x 28, of which 14 rows are cut off on either side.
        ("crop", (16, 8), (56, 28), (-14, 0)),
        ("crop", (28, 28), (28, 28), (0, 0)),
        # 32 / 8 = 4; 64 - 28 = 36 and 32 - 28 = 4.
        (BICUBIC_CROP, (16, 8), (64, 32), (-18, -2)),
        # 32 * 500 / 375 = 42.67, as torchvision rounds down; half of 14 and of 4.
        (BICUBIC_CROP, (375, 500), (32, 42), (-2, -7)),
        # Of the model's size: as it is.
        (BICUBIC_CROP, (28, 28), (28, 28), (0, 0)),
    ],
    ids=str,
)
def test_sizes_and_places_follow_from_the_rule(resizing, size, scaled, offset):
    found = placement(np, np.array(size), (28, 28), Resizing.of(resizing, MODEL))
    assert tuple(tuple(map(int, pair)) for pair in found) == (scaled, offset)


def test_a_padded_image_has_zeros_around_it_and_a_cropped_one_none():
    images = np.full((1, 16, 8, 1), 200, "uint8")
    padded = fit_images(images, MODEL, "pad")[0, ..., 0]
    np.testing.assert_allclose(padded, np.tile([0] * 7 + [200] * 14 + [0] * 7, (28, 1)), rtol=1e-6)
    for resizing in ("crop", BICUBIC_CROP):
        np.testing.assert_allclose(fit_images(images, MODEL, resizing), np.full((1, *MODEL), 200), rtol=1e-6)


def test_bicubic_stays_among_the_values_of_pixels():
    edge = np.zeros((1, 8, 8, 1), "uint8")
    edge[:, :, 4:] = 255
    large = fit_images(edge, MODEL, {"mode": "stretch", "interpolation": "bicubic"})
    assert (large.min(), large.max()) == (0, 255)


def test_many_images_are_resized_a_part_at_a_time_and_none_gives_none(monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, (7, 9, 5, 3)).astype("uint8")
    whole = fit_images(images, (4, 6, 1), "pad")
    monkeypatch.setattr("keras_modnet.data.resizing._CHUNK", 300)
    np.testing.assert_allclose(fit_images(images, (4, 6, 1), "pad"), whole, rtol=1e-5)
    assert fit_images(images[:0], (4, 6, 1), "pad").shape == (0, 4, 6, 1)


@pytest.mark.parametrize("given", ["stretch", "pad", "crop", BICUBIC_CROP, {"mode": "pad", "interpolation": "bicubic"}])
def test_a_rule_is_plain_data_again(given):
    rule = Resizing.of(given, MODEL)
    assert rule.argument() == given
    assert Resizing.of(rule, MODEL) is rule
    assert Resizing.of({"mode": "pad"}, MODEL).argument() == "pad"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("other", "`resizing` must be with one of"),
        (3, r"`resizing` must be one of \('stretch', 'pad', 'crop'\), or a dict"),
        ({"mode": "crop", "side": 3}, "`resizing` must be one of"),
        ({"mode": "crop", "short_side": 27}, "`resizing` must be of a short_side from 28 on"),
        ({"mode": "pad", "short_side": 32}, "`resizing` must be without a short_side"),
        ({"mode": "pad", "interpolation": "nearest"}, "`resizing` must be with one of"),
    ],
)
def test_a_rule_that_is_none_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        fit_images(np.zeros((1, 4, 4, 1), "uint8"), MODEL, given)
