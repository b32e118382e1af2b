import numpy as np

from benchmarks.shared.optdigits import digits


def test_the_digits_are_all_there_in_the_banks_shape():
    images, labels = digits()
    assert images.shape == (1797, 28, 28, 1)
    assert images.dtype == np.uint8
    assert images.max() == 255
    assert np.bincount(labels).min() > 170
