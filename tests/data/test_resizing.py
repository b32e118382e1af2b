import numpy as np
import pytest

from keras_modnet.data.resizing import can_fit, fit_images


def test_images_that_fit_stay_as_they_are():
    images = np.arange(32, dtype="uint8").reshape(2, 4, 4, 1)
    fitted = fit_images(images, (4, 4, 1))
    assert fitted.dtype == "uint8"
    np.testing.assert_array_equal(fitted, images)


def test_a_constant_image_stays_constant_at_any_size():
    images = np.full((2, 6, 4, 1), 7, "uint8")
    for shape in ((3, 8, 1), (12, 2, 1)):
        np.testing.assert_allclose(fit_images(images, shape), np.full((2, *shape), 7.0), rtol=1e-5)


def test_half_the_size_is_smoothed_and_halves_keep_their_side():
    stripes = np.tile(np.array([0.0, 200.0], "float32"), 8)[None, :, None, None]
    small = fit_images(np.repeat(stripes, 16, axis=2), (4, 4, 1))
    # Picking single rows would give 0 or 200.
    assert np.abs(small - 100).max() < 20
    halves = np.zeros((1, 8, 8, 1), "uint8")
    halves[:, :, 4:] = 200
    small = fit_images(halves, (4, 4, 1))[0, :, :, 0]
    assert (small[:, 0] < 20).all()
    assert (small[:, -1] > 180).all()


def test_grey_becomes_rgb_by_repeating_it():
    images = np.random.default_rng(0).integers(0, 255, (2, 4, 4, 1)).astype("uint8")
    np.testing.assert_array_equal(fit_images(images, (4, 4, 3)), np.concatenate([images] * 3, axis=-1))


def test_rgb_becomes_grey_by_its_luma():
    images = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 9, 9]], "uint8").reshape(4, 1, 1, 3)
    np.testing.assert_allclose(fit_images(images, (1, 1, 1)).ravel(), [76.245, 149.685, 29.07, 9.0], rtol=1e-5)


def test_channels_that_cannot_become_those_of_the_model_are_refused():
    assert can_fit(5, 5)
    assert not can_fit(4, 3)
    with pytest.raises(ValueError, match="`images` must be of 3 channels"):
        fit_images(np.zeros((2, 4, 4, 4), "uint8"), (4, 4, 3))
    with pytest.raises(ValueError, match="`images` must be of shape"):
        fit_images(np.zeros((4, 4, 3), "uint8"), (4, 4, 3))
