import numpy as np

from benchmarks.domain_adaptation.pixel_changes import change_pixels, changed_copies


def test_changed_pixels_keep_shapes_and_lose_polarity():
    images = np.zeros((64, 8, 8, 3), "uint8")
    images[:, 2:6, 2:6] = 200
    changed = change_pixels(images, np.random.default_rng(0))
    assert (changed.shape, changed.dtype) == (images.shape, np.uint8)
    inside, outside = changed[:, 2:6, 2:6].astype(int), changed[:, :2].astype(int)
    # Flat areas stay flat, and the square is darker than its surroundings in about half of the images.
    assert np.ptp(inside, axis=(1, 2)).max() == 0 == np.ptp(outside, axis=(1, 2)).max()
    darker = (inside.mean((1, 2, 3)) < outside.mean((1, 2, 3))).mean()
    assert 0.3 < darker < 0.7


def test_copies_hold_every_label_equally_often_with_changes_of_their_own():
    images, labels = np.full((3, 4, 4, 3), 90, "uint8"), np.arange(3)
    copies, copied = changed_copies(images, labels, 4, seed=0)
    assert np.bincount(copied).tolist() == [4, 4, 4]
    assert len(np.unique(copies[:, 0, 0], axis=0)) > 6
