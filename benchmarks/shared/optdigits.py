"""Scikit-learn's handwritten digits, which no preset has seen."""

import numpy as np
from sklearn.datasets import load_digits

from training.data import to_shape


def digits():
    """Returns uint8 images `(1797, 28, 28, 1)` and labels: scikit-learn's copy of the UCI optical digits test set."""
    bundle = load_digits()
    pixels = np.rint(bundle.images * (255 / 16)).astype("uint8")[..., None]
    return to_shape(pixels, (28, 28, 1)), bundle.target.astype("int32")
