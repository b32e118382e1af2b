import inspect
import json

import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.models.modnet import ModNet
from keras_modnet.models.trainability import part_states


def logits(model, images):
    return ops.convert_to_numpy(model(images))


def save_and_load(model, tmp_path):
    model.save(tmp_path / "model.keras")
    return keras.saving.load_model(tmp_path / "model.keras")


def assert_equal_values(actual, expected):
    assert list(actual) == list(expected)
    for name, value in expected.items():
        np.testing.assert_array_equal(actual[name], value, err_msg=name)


def change_everything(model):
    """Tasks, steps, the default task and what trains are no longer those of the constructor."""
    model.add_task("signs", num_classes=5, num_steps=2)
    model.remove_task("digits")
    model.add_task("digits", num_classes=4, init_from="letters")
    model.set_ordering("letters", [2, 2, 0, 1])
    model.train_only("letters", ("ordering", "statistics", "head"))
    model.default_task = "signs"


def test_loaded_model_is_the_model(make_model, images, values, tmp_path):
    model = make_model(pixel_mean=[100.0], temperature=0.7)
    change_everything(model)
    loaded = save_and_load(model, tmp_path)
    assert_equal_values(values(loaded), values(model))
    assert loaded.task_names == ("letters", "signs", "digits")
    assert loaded.default_task == "signs"
    assert part_states(loaded) == part_states(model)
    assert {task: loaded.ordering(task) for task in loaded.task_names} == {
        task: model.ordering(task) for task in model.task_names
    }
    for task in model.task_names:
        np.testing.assert_array_equal(logits(loaded.task(task), images), logits(model.task(task), images))


def test_config_is_json_and_makes_the_same_tasks(make_model):
    model = make_model(compiled=False)
    change_everything(model)
    config = json.loads(json.dumps(model.get_config()))
    assert set(inspect.signature(ModNet).parameters) - {"kwargs"} <= config.keys()
    again = ModNet.from_config(config)
    assert json.loads(json.dumps(again.get_config())) == config


def test_weights_alone_come_back(make_model, values, tmp_path):
    model, other = make_model(), make_model(seed=5)
    other.bank.stacked_weights["conv1/kernel"].assign(np.ones((3, 3, 3, 4, 4)))
    model.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    assert_equal_values(values(other), values(model))


@pytest.mark.parametrize(
    ("task", "parts"),
    [("digits", None), ("letters", ("ordering", "norm", "head")), ("letters", ("statistics", "head"))],
)
def test_training_goes_on_as_if_it_had_not_been_interrupted(
    make_model, compile_model, images, labels, values, tmp_path, task, parts
):
    model = make_model(compiled=False)
    if parts is not None:
        model.train_only(task, parts)
    # The loss is named, since a model that runs eagerly is not saved as one.
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.run_eagerly = True
    model.default_task = task
    model.fit(images, labels, epochs=2, verbose=0)
    loaded = save_and_load(model, tmp_path)
    loaded.run_eagerly = True
    assert int(ops.convert_to_numpy(loaded.optimizer.iterations)) == 2
    for each in (model, loaded):
        each.fit(images, labels, epochs=2, shuffle=False, verbose=0)
    assert_equal_values(values(loaded), values(model))


def test_model_that_was_compiled_and_never_fitted_loads(make_model, images, labels, values, tmp_path):
    loaded = save_and_load(make_model(), tmp_path)
    before = values(loaded)
    loaded.run_eagerly = True
    loaded.fit(images, labels, verbose=0)
    assert (values(loaded)["bank/conv1/kernel"] != before["bank/conv1/kernel"]).any()


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.add_task("signs", 2),
        lambda model: model.remove_task("letters"),
        lambda model: model.rename_task("digits", "numbers"),
        lambda model: model.train_only("digits", ("head",)),
        lambda model: model.set_ordering("digits", [0, 1, 2, 0]),
    ],
)
def test_model_that_has_changed_since_its_fit_loads(
    make_model, compile_model, images, labels, values, tmp_path, change
):
    model = compile_model(make_model(compiled=False), keras.optimizers.Adam())
    model.fit(images, labels, verbose=0)
    change(model)
    assert_equal_values(values(save_and_load(model, tmp_path)), values(model))
