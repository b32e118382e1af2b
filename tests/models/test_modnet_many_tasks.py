"""Tasks that do not run cost nothing: Keras is handed the variables of those in the batch."""

import keras
import numpy as np
import pytest

from keras_modnet import ModNet

IMAGES = np.random.default_rng(0).integers(0, 255, (4, 8, 8, 3)).astype("uint8")
LABELS = np.zeros(4, "int32")


@pytest.fixture
def model():
    model = ModNet((8, 8, 3), {"a": 2, "b": 3, "c": 2}, num_blocks=2, num_steps=2, width=4, seed=0)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@pytest.mark.parametrize(("images", "tasks"), [(IMAGES, ("a",)), ({"b": IMAGES, "c": IMAGES}, ("b", "c"))])
def test_callbacks_see_the_model_of_the_tasks_in_the_data(model, images, tasks):
    watched = keras.callbacks.Callback()
    model.predict(images, verbose=0, callbacks=[watched])
    assert watched.model is (model.joint(tasks) if isinstance(images, dict) else model.task("a"))
    assert watched.model.task_names == tasks


def test_predictions_follow_a_task_that_changes_between_them(model):
    # What a compiled function is not handed must not be kept in it as a constant.
    both = {"a": IMAGES, "b": IMAGES}
    model.predict({"a": IMAGES}, verbose=0)
    before = model.predict(both, verbose=0)["b"]
    model.set_ordering("b", [1, 1])
    changed = model.predict(both, verbose=0)["b"]
    np.testing.assert_allclose(changed, keras.ops.convert_to_numpy(model(both, training=False)["b"]), atol=1e-5)
    assert np.abs(changed - before).max() > 1e-3


def test_validation_of_other_tasks_than_those_that_train_is_refused(model):
    others = ({"b": IMAGES}, {"b": LABELS})
    with pytest.raises(ValueError, match=r"`\w+` must be of the tasks \['a'\].* Received: 'b'"):
        model.fit({"a": IMAGES}, {"a": LABELS}, validation_data=others, verbose=0)
    assert not model.optimizer.built
