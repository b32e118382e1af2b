import keras
import numpy as np
import pytest

from keras_modnet.training.losses import ClassCrossentropy

LOGITS = np.random.default_rng(0).normal(0, 3, (4, 3)).astype("float32")
LABELS = np.array([0, 2, 1, 2])
ROWS = np.eye(3, dtype="float32")[LABELS]
MIXED = np.array([[1, 0, 0], [0, 0.5, 0.5], [0.2, 0.3, 0.5], [0, 0, 1]], "float32")


def value(loss, labels):
    return float(keras.ops.convert_to_numpy(loss(labels, LOGITS)))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_every_form_of_labels_gives_the_loss_of_keras(smoothing):
    ours = ClassCrossentropy(smoothing)
    theirs = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    for labels in (LABELS, LABELS[:, None], LABELS.astype("float32"), ROWS):
        assert value(ours, labels) == pytest.approx(value(theirs, ROWS), rel=1e-6)
    assert value(ours, MIXED) == pytest.approx(value(theirs, MIXED), rel=1e-6)
    if not smoothing:
        sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        assert value(ours, LABELS) == pytest.approx(value(sparse, LABELS), rel=1e-6)


def test_it_comes_back_from_its_config():
    again = keras.losses.deserialize(keras.losses.serialize(ClassCrossentropy(0.2)))
    assert (type(again), again.label_smoothing) == (ClassCrossentropy, 0.2)
