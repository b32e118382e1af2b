"""Batches for training from scratch: crops lie inside the image, and every batch can be read again."""

import keras
import numpy as np
import pytest

from keras_modnet.data.random_crops import crop_transforms, random_crops
from training.data import ChangedBatches, ImageChanges, LabelMixing


@pytest.fixture
def generator():
    return np.random.default_rng(0)


def batches(seed=0, **options):
    images = np.random.default_rng(1).integers(0, 256, (10, 8, 8, 3)).astype("uint8")
    settings = {"crop_area": 0.5, "changes": ImageChanges(0, 0.9, 0.25), "mixing": LabelMixing(10)} | options
    return ChangedBatches(images, np.arange(10), 4, seed, **settings)


def test_a_batch_follows_from_seed_epoch_and_index():
    first = batches().batch(2, 1)
    for left, right in zip(first, batches().batch(2, 1), strict=True):
        np.testing.assert_array_equal(left, right)
    for other in (batches().batch(3, 1), batches().batch(2, 0), batches(seed=1).batch(2, 1)):
        assert not np.array_equal(first[0], other[0])


def test_images_are_pixels_and_labels_are_shares():
    images, labels = batches()[0]
    assert (images.shape, images.dtype) == ((4, 8, 8, 3), np.uint8)
    assert (labels.shape, labels.dtype) == ((4, 10), np.float32)
    np.testing.assert_allclose(labels.sum(-1), 1, rtol=1e-5)


def test_without_any_change_an_epoch_shows_every_image():
    own = batches(mixing=LabelMixing(10, 0.0, 0.0, 0.0))
    shown = {int(label) for index in range(len(own)) for label in own[index][1].argmax(-1)}
    assert shown == set(range(10))


def test_crops_have_the_least_area_and_lie_inside(generator):
    # Corners of the crop: where the first and the last pixel's outer edges fall, in pixels of an image of 8 x 12.
    transforms = crop_transforms(1000, 8, 12, 0.25, generator)
    a, _, c, _, e, f = transforms.T[:6]
    left, right = c + 0.5 - a / 2, c + 0.5 - a / 2 + 12 * a
    top, bottom = f + 0.5 - e / 2, f + 0.5 - e / 2 + 8 * e
    edges = np.sort([left, right], axis=0)
    assert edges.min() >= -1e-4
    assert edges.max() <= 12 + 1e-4
    assert top.min() >= -1e-4
    assert bottom.max() <= 8 + 1e-4
    # A crop that would be longer than the image loses up to the aspect ratio of 4/3.
    areas = np.abs(a) * e
    assert areas.min() >= 0.25 * 0.99
    assert areas.max() <= 1 + 1e-6
    assert 400 < (a < 0).sum() < 600  # half of them mirrored


def test_a_crop_of_a_slope_is_a_gentler_slope(generator):
    ramp = np.broadcast_to(np.arange(8.0)[None, None, :, None], (16, 8, 8, 1))
    crops = keras.ops.convert_to_numpy(random_crops(ramp, 0.25, generator))
    steps = np.diff(crops[:, 4, 1:-1, 0], axis=-1)
    assert (np.abs(steps) <= 1 + 1e-5).all()
    assert (np.sign(steps) == np.sign(steps[:, :1])).all()
    assert {*np.sign(steps[:, 0])} == {-1.0, 1.0}
