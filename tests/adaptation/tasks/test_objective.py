"""What `adapt_task` minimizes and measures: weights of images and of classes, other losses, other metrics."""

import keras
import numpy as np
import pytest

from keras_modnet import Objective
from keras_modnet.training.losses import ClassCrossentropy

pytestmark = pytest.mark.usefixtures("untraced")
# Training that moves nothing: losses are those of the start, and a batch holds all images.
STILL = {"parts": ("head",), "head_init": "keep", "epochs": 1, "batch_size": 16, "learning_rate": 1e-12}


@pytest.fixture
def loss_of(model, adapt):
    """Returns the loss of the task as it is."""
    return lambda data, **arguments: adapt(model, data, **STILL | arguments).history["loss"][0]


def test_images_of_weight_zero_do_not_count(model, data, adapt, values):
    images, labels = data
    weights = (np.arange(16) < 8).astype("float32")
    wrong, runs = np.where(weights == 1, labels, 1 - labels), []
    before = values(model)
    for given in (labels, wrong):
        for name, variable in model.named_variables().items():
            variable.assign(before[name])
        result = adapt(model, (images, given, weights), parts=("norm", "head"), head_init="keep", batch_size=16)
        runs.append((result.history["loss"], values(model)["tasks/letters/head/kernel"]))
    np.testing.assert_allclose(runs[0][0], runs[1][0], rtol=1e-6)
    np.testing.assert_allclose(runs[0][1], runs[1][1], rtol=1e-6)


def test_weights_of_classes_are_those_of_their_images(loss_of, data):
    images, labels = data
    weighted = loss_of((images, labels, np.where(labels == 1, 3.0, 0.5)))
    by_class = Objective(class_weight={0: 0.5, 1: 3.0})
    for form in (labels, np.eye(2)[labels], labels.astype("float32")):
        assert loss_of((images, form), objective=by_class) == pytest.approx(weighted, rel=1e-5)
    assert weighted != pytest.approx(loss_of(data), rel=1e-2)


def test_labels_are_smoothed(loss_of, data):
    smooth = loss_of(data, objective=Objective(loss=ClassCrossentropy(0.1)))
    rows = 0.9 * np.eye(2, dtype="float32")[data[1]] + 0.05
    assert smooth == pytest.approx(loss_of((data[0], rows)), rel=1e-5)


def test_a_loss_and_metrics_of_keras(model, adapt, data):
    objective = Objective(
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        (keras.metrics.SparseTopKCategoricalAccuracy(2, name="top"),),
    )
    history = adapt(model, data, data, objective=objective, **STILL).history
    assert history["top"] == history["val_top"] == [1.0]
    assert set(history) == {"loss", "top", "val_loss", "val_top", "learning_rate"}
