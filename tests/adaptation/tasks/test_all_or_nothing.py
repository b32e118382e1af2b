"""An adaptation that raises, or is interrupted, leaves the model as it was, and the model goes on working."""

import keras
import numpy as np
import pytest

from keras_modnet import Search, Stopping
from keras_modnet.models.trainability import part_states

PARTS = ("ordering", "norm", "head", "bank", "stem")


class Break(keras.callbacks.Callback):
    """Raises in an epoch, after a step that has changed the weights."""

    def __init__(self, error, epoch=1):
        super().__init__()
        self.error, self.epoch = error, epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 0:
            raise self.error

    def on_epoch_end(self, epoch, logs=None):
        self.epoch -= 1


def state(model, values):
    return values(model), part_states(model), [model.ordering(task) for task in model.task_names]


def assert_as_before(model, values, before):
    after = state(model, values)
    assert after[0].keys() == before[0].keys()
    for name, value in before[0].items():
        np.testing.assert_array_equal(after[0][name], value, err_msg=name)
    assert after[1:] == before[1:]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("mine")])
def test_a_callback_that_raises(model, data, values, adapt, error):
    model.train_only("digits", ("norm", "bank"))
    before = state(model, values)
    with pytest.raises(type(error)):
        adapt(model, data, parts=PARTS, callbacks=[Break(error)])
    assert_as_before(model, values, before)
    # Nothing is left inside that would be in the way.
    adapt(model, data, parts=PARTS)
    assert model.predict(data[0], verbose=0).shape == (16, 3)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("blocks", [[0, 1], [2, 0, 1, 1]], ids=["fewer steps", "more steps"])
def test_a_start_from_a_task_of_other_steps(model, data, values, adapt, blocks):
    model.set_ordering("digits", blocks)
    before = state(model, values)
    with pytest.raises(ValueError, match="mine"):
        adapt(model, data, init_from="digits", callbacks=[Break(ValueError("mine"))])
    assert_as_before(model, values, before)


@pytest.mark.usefixtures("untraced")
def test_a_search_that_makes_a_mixture(model, data, values, adapt):
    before = state(model, values)
    with pytest.raises(ValueError, match="mine"):
        adapt(model, data, search=Search("mixture"), callbacks=[Break(ValueError("mine"))])
    assert_as_before(model, values, before)


@pytest.mark.usefixtures("untraced")
def test_labels_outside_the_classes_in_a_later_batch(model, data, values, adapt):
    images, labels = data
    batches = [(images[:8], labels[:8]), (images[8:], labels[8:] + 1)]
    before = state(model, values)
    with pytest.raises(ValueError, match="`labels of task letters` must be from 0 to 1"):
        adapt(model, batches, parts=("norm", "head"), head_init="keep")
    assert_as_before(model, values, before)


@pytest.mark.parametrize("wrong", ["training", "validation"])
def test_labels_outside_the_classes_in_arrays_are_refused_before_any_step(model, data, values, adapt, wrong):
    class Never(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            raise AssertionError("a step")

    images, labels = data
    given = [data, data]
    given[wrong == "validation"] = (images, labels + 1)
    before = state(model, values)
    with pytest.raises(ValueError, match=r"`labels of task letters` must be from 0 to 1\. Received: '1 to 2'"):
        adapt(model, *given, stopping=Stopping(1), callbacks=[Never()])
    assert_as_before(model, values, before)
