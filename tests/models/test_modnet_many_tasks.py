"""Tasks that do not run cost nothing: Keras is handed the variables of those in the batch."""

import keras
import numpy as np
import pytest

from keras_modnet import ModNet

IMAGES = np.random.default_rng(0).integers(0, 255, (4, 8, 8, 3)).astype("uint8")


class Handed(keras.callbacks.Callback):
    """Notes which tasks have variables that Keras collects while it evaluates or predicts."""

    def __init__(self):
        super().__init__()
        self.tasks = set()

    def on_predict_batch_begin(self, batch, logs=None):
        self._note()

    def on_test_batch_begin(self, batch, logs=None):
        self._note()

    def _note(self):
        collected = {id(v) for v in (*self.model.trainable_variables, *self.model.non_trainable_variables)}
        layers = self.model.task_layers
        self.tasks |= {task for task in layers if collected & {id(v) for v in layers[task].variables}}


@pytest.fixture
def model():
    model = ModNet((8, 8, 3), {"a": 2, "b": 3, "c": 2}, num_blocks=2, num_steps=2, width=4, seed=0)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@pytest.mark.parametrize(("images", "tasks"), [(IMAGES, {"a"}), ({"b": IMAGES, "c": IMAGES}, {"b", "c"})])
def test_predict_collects_variables_of_its_tasks_alone(model, images, tasks):
    handed = Handed()
    model.predict(images, verbose=0, callbacks=[handed])
    assert handed.tasks == tasks


def test_evaluate_collects_variables_of_its_tasks_alone(model):
    handed = Handed()
    model.evaluate({"b": IMAGES}, {"b": np.zeros(4, "int32")}, verbose=0, callbacks=[handed])
    assert handed.tasks == {"b"}


def test_outside_of_a_call_all_variables_are_there(model):
    model.predict(IMAGES, verbose=0)
    assert len(model.trainable_variables) + len(model.non_trainable_variables) == len(model.variables)


def test_predictions_follow_a_task_that_changes_between_them(model):
    # What a compiled function is not handed must not be kept in it as a constant.
    both = {"a": IMAGES, "b": IMAGES}
    model.predict({"a": IMAGES}, verbose=0)
    before = model.predict(both, verbose=0)["b"]
    model.set_ordering("b", [1, 1])
    changed = model.predict(both, verbose=0)["b"]
    np.testing.assert_allclose(changed, keras.ops.convert_to_numpy(model(both, training=False)["b"]), atol=1e-5)
    assert np.abs(changed - before).max() > 1e-3


def test_a_task_that_validates_alone_follows_its_weights(model):
    data = ({"a": IMAGES}, {"a": np.zeros(4, "int32")})
    others = ({"b": IMAGES}, {"b": np.zeros(4, "int32")})
    first = model.fit(*data, validation_data=others, verbose=0).history["val_loss"][-1]
    model.task_layers["b"].head.dense.bias.assign([9.0, 0.0, 0.0])
    second = model.fit(*data, validation_data=others, verbose=0).history["val_loss"][-1]
    assert second < first - 0.1
