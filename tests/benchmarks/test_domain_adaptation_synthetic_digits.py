import numpy as np
import pytest

from benchmarks.domain_adaptation.synthetic_digits import FACES, SIDE, synthetic_digits


@pytest.fixture(scope="module")
def drawn():
    return synthetic_digits(200, seed=3)


def test_synthetic_digits_follow_from_their_seed(drawn):
    images, labels = synthetic_digits(200, seed=3)
    np.testing.assert_array_equal(images, drawn[0])
    np.testing.assert_array_equal(labels, drawn[1])
    assert (synthetic_digits(20, seed=4)[0] != drawn[0][:20]).any()


def test_synthetic_digits_are_balanced_colour_images(drawn):
    images, labels = drawn
    assert (images.shape, images.dtype) == ((200, SIDE, SIDE, 3), np.uint8)
    assert np.bincount(labels).tolist() == [20] * 10
    # Every one of them shows something, in colours of its own.
    assert images.std((1, 2)).max(1).min() > 10
    assert len(np.unique(images.mean((1, 2)), axis=0)) == 200
    assert len(set(FACES)) == len(FACES)
