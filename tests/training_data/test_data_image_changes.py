"""Changes of images and mixing of labels follow from the state that they are given, and labels say what is mixed."""

import keras
import numpy as np
import pytest

from keras_modnet.data.drawn_seeds import DrawnSeeds, number_state
from keras_modnet.data.image_changes import ERASED_SHARE
from training.data import ImageChanges, LabelMixing


@pytest.fixture
def photographs():
    return np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3)).astype("uint8")


def numpy(values):
    return keras.ops.convert_to_numpy(values)


def test_draws_follow_from_the_state_alone():
    seeds = DrawnSeeds()

    def draws(*numbers):
        seeds.begin(number_state(*numbers))
        return [float(keras.random.uniform((), seed=seeds)) for _ in range(3)]

    first, other = draws(0, 1), draws(0, 2)
    assert len({*first, *other}) == 6
    assert draws(0, 1) == first


def test_the_same_state_gives_the_same_change_and_another_state_another(photographs):
    changes = ImageChanges(operations=2, strength=0.9, erasing=0.5)
    first, other = (numpy(changes(photographs, number_state(seed))) for seed in (0, 1))
    np.testing.assert_array_equal(numpy(changes(photographs, number_state(0))), first)
    np.testing.assert_array_equal(numpy(ImageChanges(2, 0.9, 0.5)(photographs, number_state(0))), first)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, photographs)


def test_every_operation_keeps_shape_and_range(photographs):
    changes = ImageChanges()
    assert len(changes.operations) == 11
    for layer in changes.operations:
        changes.seeds.begin(number_state(3))
        changed = numpy(layer(photographs.astype("float32")))
        assert changed.shape == photographs.shape, layer.name
        assert np.isfinite(changed).all(), layer.name


def test_one_image_is_changed_too(photographs):
    changed = numpy(ImageChanges(operations=1)(photographs[0], number_state(0)))
    assert changed.shape == (8, 8, 3)
    assert changed.dtype == np.float32
    assert changed.min() >= 0
    assert changed.max() <= 255


def test_without_operations_and_erasing_nothing_changes(photographs):
    np.testing.assert_array_equal(numpy(ImageChanges(0, 0.9, 0.0)(photographs, number_state(0))), photographs)


def test_erasing_leaves_the_rest_of_the_image(photographs):
    changed = numpy(ImageChanges(0, 0.9, 1.0)(photographs, number_state(0)))
    share = (changed != photographs).any(-1).mean((1, 2))
    # Sides of up to the root of the share, each rounded up to whole pixels.
    assert (share > 0).all()
    assert (share <= (np.sqrt(ERASED_SHARE[1]) + 1 / 8) ** 2).all()


@pytest.mark.parametrize(("mixup", "cutmix"), [(0.8, 0.0), (0.0, 1.0), (0.8, 1.0)])
def test_labels_are_the_shares_of_the_images_that_were_mixed(mixup, cutmix):
    # The image of class k is filled with 20 k, so that the mean of a mixed image tells the shares.
    classes = np.arange(8)
    images = np.broadcast_to(20.0 * classes[:, None, None, None], (8, 32, 32, 3))
    mixed, labels = LabelMixing(8, 0.0, mixup, cutmix)(images, classes, number_state(2))
    mixed, labels = numpy(mixed), numpy(labels)
    np.testing.assert_allclose(labels.sum(-1), 1, rtol=1e-5)
    # A rectangle of CutMix has whole pixels, its share has not: up to a row and a column of 32 of up to 7 * 20.
    np.testing.assert_allclose(mixed.mean((1, 2, 3)), labels @ (20.0 * classes), atol=0.01 + 9 * (cutmix > 0))
    assert (labels.max(-1) < 0.999).any()


def test_smoothing_spreads_its_share_over_all_classes():
    images, labels = LabelMixing(4, 0.2, 0.0, 0.0)(np.zeros((2, 2, 2, 3)), np.array([1, 3]), number_state(0))
    np.testing.assert_allclose(numpy(labels), [[0.05, 0.85, 0.05, 0.05], [0.05, 0.05, 0.05, 0.85]], rtol=1e-6)
    np.testing.assert_array_equal(numpy(images), 0)


def test_a_batch_too_small_for_both_is_not_mixed():
    images = np.arange(3.0).reshape(3, 1, 1, 1)
    mixed, labels = LabelMixing(3, 0.0)(images, np.arange(3), number_state(0))
    np.testing.assert_array_equal(numpy(mixed), images)
    np.testing.assert_array_equal(numpy(labels), np.eye(3))


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: ImageChanges(operations=-1), "operations"),
        (lambda: ImageChanges(strength=1.5), "strength"),
        (lambda: ImageChanges(erasing=-0.1), "erasing"),
        (lambda: LabelMixing(0), "num_classes"),
        (lambda: LabelMixing(2, smoothing=2), "smoothing"),
        (lambda: LabelMixing(2, mixup=1.1), "mixup"),
        (lambda: LabelMixing(2, cutmix="1"), "cutmix"),
    ],
)
def test_other_settings_are_refused(make, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        make()
