import dataclasses

import numpy as np
import pytest
import tensorflow as tf

import keras_modnet
from keras_modnet.layers import replicas
from keras_modnet.models import checked_calls
from training.checkpoint_files import CheckpointFiles
from training.distribution import make_strategy
from training.evaluation import evaluate
from training.interrupts import StoppedError
from training.keeping import Keeping
from training.loop import train
from training.run import find_recipe


@pytest.fixture
def recipe():
    recipe = find_recipe("digits_reuse")
    small = recipe.model | {"image_shape": (4, 4, 1), "num_blocks": 2, "num_steps": 2, "width": 4, "patch_size": 2}
    return dataclasses.replace(recipe, model=small, epochs=2, search_epochs=1, batch_size=6, statistics_batches=1)


def test_the_loop_trains_under_a_strategy(recipe):
    strategy = make_strategy("mirrored")
    assert isinstance(strategy, tf.distribute.MirroredStrategy)
    generator = np.random.default_rng(0)
    tasks = {
        task: (generator.integers(0, 256, (12, 4, 4, 1)).astype("uint8"), np.arange(12) % 10) for task in recipe.data
    }
    model, log = train(recipe, tasks, seed=0, strategy=strategy)
    assert np.isfinite(log["history"]["loss"]).all()
    assert len(log["history"]["loss"]) == 2
    assert isinstance(model.bank.stacked_weights["conv1/kernel"].value, tf.distribute.DistributedValues)
    assert all(model.ordering(task).is_hard for task in model.task_names)
    assert set(evaluate(model, tasks)) == set(tasks)


def test_a_network_grows_under_a_strategy(recipe):
    recipe = dataclasses.replace(
        recipe, data={"mnist": "mnist"}, search_epochs=0, orderings={"mnist": [0, 0, 1]}, grow_after=0.5
    )
    images = np.random.default_rng(0).integers(0, 256, (12, 4, 4, 1)).astype("uint8")
    model, log = train(recipe, {"mnist": (images, np.arange(12) % 10)}, seed=0, strategy=make_strategy("mirrored"))
    assert np.isfinite(log["history"]["loss"]).all()
    assert model.ordering("mnist").blocks == (0, 0, 1)
    scales = model.named_variables()["tasks/mnist/norm/norm1/scale"]
    assert scales.shape[0] == 3
    assert isinstance(scales.value, tf.distribute.DistributedValues)


class StopAfter(Keeping):
    """Stops as a signal would after some steps."""

    def __init__(self, folder, steps):
        super().__init__(CheckpointFiles(folder, {}))
        self.left = steps

    def after_steps(self, *arguments):
        self.left -= 1
        if self.left == 0:
            self.interrupts.asked = "SIGTERM"
        super().after_steps(*arguments)


def test_a_training_of_two_replicas_goes_on_with_the_same_bits_and_one_device_can_end_it(recipe, tmp_path):
    generator = np.random.default_rng(0)
    tasks = {
        task: (generator.integers(0, 256, (12, 4, 4, 1)).astype("uint8"), np.arange(12) % 10) for task in recipe.data
    }
    strategy = make_strategy("mirrored")
    whole, _ = train(recipe, tasks, seed=0, strategy=strategy)
    for folder, begins, ends in (("same", strategy, strategy), ("fewer", strategy, None), ("more", None, strategy)):
        with pytest.raises(StoppedError):
            train(recipe, tasks, 0, begins, StopAfter(tmp_path / folder, 1))
        model, _ = train(recipe, tasks, 0, ends, Keeping(CheckpointFiles(tmp_path / folder, {})))
        tolerance = {"rtol": 0, "atol": 0} if folder == "same" else {"rtol": 1e-3, "atol": 1e-4}
        for name, variable in whole.named_variables().items():
            own = model.named_variables()[name].numpy()
            np.testing.assert_allclose(own, variable.numpy(), **tolerance, err_msg=f"{folder}: {name}")


def test_without_a_strategy_there_is_none():
    assert make_strategy("none") is None


def test_an_unknown_strategy_is_refused():
    with pytest.raises(ValueError, match="`strategy` must be one of 'none', 'mirrored', 'multi_worker', 'tpu'"):
        make_strategy("mirror")


def test_a_strategy_that_keras_does_not_train_under_is_refused_in_one_line(monkeypatch):
    class Servers(tf.distribute.ParameterServerStrategy):
        """One without a cluster to connect to."""

        def __init__(self):
            pass

    monkeypatch.setattr(tf.distribute, "has_strategy", lambda: True)
    monkeypatch.setattr(tf.distribute, "get_strategy", Servers)
    with pytest.raises(ValueError, match=r"`strategy` must be one that Keras trains under.*Received: 'Servers'"):
        keras_modnet.ModNet((4, 4, 1), {"digits": 2}, num_blocks=1, num_steps=1, width=4, patch_size=2)


def test_loops_of_a_model_under_a_tpu_are_those_that_xla_compiles(monkeypatch):
    class Pod(tf.distribute.TPUStrategy):
        """One without a TPU."""

        def __init__(self):
            pass

    model = keras_modnet.ModNet((4, 4, 1), {"digits": 2}, num_blocks=1, num_steps=1, width=4, patch_size=2)
    own = model.task("digits")
    own.compile("sgd", "mse", jit_compile=False)
    own.make_train_function()
    steps = model.task_layers["digits"].steps
    assert not steps.under_xla
    assert not replicas.compiles_for_tpu(own)
    pod = type("Model", (), {"distribute_strategy": Pod()})()
    assert replicas.compiles_for_tpu(pod)
    monkeypatch.setattr(checked_calls, "compiles_for_tpu", lambda model: True)
    own.make_train_function(force=True)
    assert steps.under_xla
