"""Augmentation changes what it says, keeps shape and range, and is fixed by seed and draw."""

import concurrent.futures
import sys

import keras
import numpy as np
import pytest

from training.data import ImageBatches, augmentation

SHAPES = {"shift": (8, 8, 1), "crop_flip": (8, 8, 3), "resized_crop": (8, 8, 3), "randaugment": (8, 8, 3)}


def dots(count, image_shape):
    """Black images with one white dot, near the middle and left of it."""
    images = np.zeros((count, *image_shape), "uint8")
    images[:, 4, 3] = 255
    return images


def random_images(count, image_shape):
    return np.random.default_rng(0).integers(0, 256, (count, *image_shape)).astype("uint8")


@pytest.mark.parametrize("kind", SHAPES)
def test_shape_and_range_are_kept(kind):
    images = random_images(4, SHAPES[kind])
    changed = augmentation(kind, SHAPES[kind])(images, 0)
    assert (changed.shape, changed.dtype) == (images.shape, np.float32)
    assert 0 <= changed.min() <= changed.max() <= 255


@pytest.mark.parametrize("kind", SHAPES)
def test_seed_and_draw_fix_the_change(kind):
    images = random_images(4, SHAPES[kind])
    augment = augmentation(kind, SHAPES[kind], seed=1)
    first = augment(images, 5)
    augment(images, 6)
    np.testing.assert_array_equal(augment(images, 5), first)
    np.testing.assert_array_equal(augmentation(kind, SHAPES[kind], seed=1)(images, 5), first)


@pytest.mark.parametrize("kind", ["shift", "crop_flip", "resized_crop"])
def test_another_seed_or_draw_gives_another_change(kind):
    images = random_images(16, SHAPES[kind])
    results = [augmentation(kind, SHAPES[kind], seed)(images, draw) for seed, draw in [(1, 5), (1, 6), (2, 5)]]
    assert len({result.tobytes() for result in results}) == 3


def test_none_returns_the_images_themselves():
    images = dots(1, (8, 8, 1))
    assert augmentation("none", (8, 8, 1))(images, 0) is images


def test_shift_moves_each_image_by_whole_pixels_and_at_most_two():
    shifted = augmentation("shift", (8, 8, 1))(dots(64, (8, 8, 1)), 0)
    assert set(np.unique(shifted)) == {0, 255}
    _, rows, columns, _ = np.nonzero(shifted)
    assert len(rows) == 64
    assert set(rows - 4) == set(columns - 3) == {-2, -1, 0, 1, 2}
    assert len(set(zip(rows.tolist(), columns.tolist(), strict=True))) > 10  # rows and columns move apart


@pytest.mark.parametrize("kind", ["shift", "crop_flip"])
def test_what_a_move_leaves_free_is_black(kind):
    moved = augmentation(kind, (8, 8, 1))(np.full((16, 8, 8, 1), 255, "uint8"), 0)
    assert set(np.unique(moved)) == {0, 255}


def test_crop_flip_mirrors_about_half_of_the_images():
    images = np.zeros((200, 32, 32, 1), "uint8")
    images[:, 16, 8:10] = [[[100], [200]]]  # brighter to the right
    changed = augmentation("crop_flip", (32, 32, 1))(images, 0)
    brightest_first = changed.max(axis=(1, 3)).argmax(axis=1) < 16
    assert brightest_first.mean() == pytest.approx(0.5, abs=0.1)


def test_a_global_policy_of_low_precision_does_not_round_pixels():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        augment = augmentation("crop_flip", (8, 8, 1))
    finally:
        keras.config.set_dtype_policy("float32")
    images = np.full((8, 8, 8, 1), 251, "uint8")  # bfloat16 would round 251 to 252
    assert augment(images, 0).max() == 251


def test_two_threads_do_not_mix_their_draws():
    images, augment = random_images(4, (8, 8, 1)), augmentation("crop_flip", (8, 8, 1))
    expected = [augment(images, draw) for draw in range(40)]
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        results = list(threads.map(lambda draw: augment(images, draw), range(40)))
    np.testing.assert_array_equal(results, expected)


def test_augmented_batches_are_fixed_by_the_seed():
    images, labels = random_images(8, (8, 8, 1)), np.arange(8)
    left, right = (ImageBatches(images, labels, 4, augment=augmentation("shift", (8, 8, 1))) for _ in range(2))
    left[1]  # reading ahead, as `fit` does on TensorFlow, changes nothing
    for index in range(2):
        np.testing.assert_array_equal(left[index][0], right[index][0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("flip", (8, 8, 1)), r"`kind` must be one of 'none', .* Received: 'flip'"),
        (("shift", (8, 8)), r"`image_shape` must be `\(height, width, channels\)`, .* Received: \(8, 8\)"),
        (("shift", (8, 8, 1), -1), r"`seed` must be a whole number of at least 0\. Received: -1"),
        (("channel_shuffle", (8, 8, 1)), r"`image_shape` must be of three channels .* Received: \(8, 8, 1\)"),
    ],
)
def test_other_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        augmentation(*arguments)


def test_without_keras_cv_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_cv", None)  # what an import finds where it is not installed
    with pytest.raises(ImportError, match=r"pip install keras_modnet\[keras-cv\]"):
        augmentation("channel_shuffle", (8, 8, 3))


def test_layers_of_keras_are_taken_one_or_several_with_draws_of_their_own():
    images = random_images(8, (8, 8, 3))
    flip, turn = keras.layers.RandomFlip(), keras.layers.RandomBrightness(0.2, value_range=(0, 255))
    augment = augmentation([flip, turn], (8, 8, 3))
    first = augment(images, 5)
    assert not np.array_equal(first, augment(images, 6))
    np.testing.assert_array_equal(augment(images, 5), first)
    assert augmentation(flip, (8, 8, 3))(images, 5).shape == images.shape
