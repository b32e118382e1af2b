"""A recipe may train a short network of every block once, and grow it."""

import dataclasses

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.models.running import ordering_of
from training.data import TaskBatches
from training.evaluation import evaluate
from training.loop import make_model, train_model
from training.stages import each_block_once

FINAL = {"digits": [1, 1, 0, 1], "words": [0, 0]}


@pytest.fixture(scope="module")
def recipe(searching):
    grown = {"model": searching.model | {"num_steps": 4}, "orderings": FINAL, "grow_after": 0.4}
    return dataclasses.replace(searching, name="grown", search_epochs=0, warm_epochs=0, ema_momentum=None, **grown)


@pytest.fixture(scope="module")
def tasks():
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (24, 4, 4, 1)).astype("uint8")
    return {"digits": (images, np.arange(24) % 10), "words": (images[:10], np.arange(10))}


class Witness(keras.callbacks.Callback):
    """Notes epoch, blocks and learning rate at the end of each epoch."""

    def __init__(self):
        super().__init__()
        self.blocks, self.rates = {}, {}

    def on_epoch_end(self, epoch, logs=None):
        self.blocks[epoch] = {task: ordering_of(own).blocks for task, own in self.model.task_layers.items()}
        self.rates[epoch] = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))


@pytest.fixture(scope="module")
def trained(recipe, tasks):
    """A model trained as the recipe says, its log, the witness of it, and for which epochs there were batches."""
    witness, epochs, batch = Witness(), [], TaskBatches.batch

    def watched(self, epoch, index):
        epochs.append((epoch, index))
        return batch(self, epoch, index)

    keras.utils.set_random_seed(0)
    model = make_model(recipe, seed=0)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TaskBatches, "batch", watched)
        log = train_model(model, recipe, tasks, seed=0, extra_callbacks=[witness])
    return model, log, witness, epochs


def test_each_block_trains_once_in_the_order_of_its_first_step_and_then_the_network_grows(trained):
    model, log, witness, _ = trained
    short, grown = {"digits": (1, 0), "words": (0,)}, {task: tuple(blocks) for task, blocks in FINAL.items()}
    assert witness.blocks == {0: short, 1: grown, 2: grown}
    assert {task: model.ordering(task).blocks for task in FINAL} == grown
    assert [len(values) for values in log["history"].values()] == [3] * len(log["history"])


def test_the_learning_rate_ends_at_half_and_then_at_the_end(recipe, tasks):
    recipe = dataclasses.replace(recipe, epochs=2, warmup_share=0.0, final_share=0.25)
    witness = Witness()
    train_model(make_model(recipe, seed=0), recipe, tasks, seed=0, extra_callbacks=[witness])
    # The share of the peak after the last of three steps in each epoch.
    assert witness.rates == pytest.approx({0: 0.5 * recipe.learning_rate, 1: 0.25 * recipe.learning_rate})


def test_the_order_of_the_images_goes_on(trained):
    assert trained[-1] == [(epoch, index) for epoch in range(3) for index in range(3)]


def test_the_preset_has_the_final_steps_and_answers_alike(trained, tasks, tmp_path):
    model = trained[0]
    model.save_to_preset(tmp_path / "grown")
    loaded = keras_modnet.from_preset(str(tmp_path / "grown"))
    assert {task: list(loaded.ordering(task).blocks) for task in FINAL} == FINAL
    assert evaluate(loaded, tasks) == evaluate(model, tasks)


def test_statistics_are_those_of_the_grown_network(trained, tasks):
    model = trained[0]
    measured = model.batch_statistics("digits", tasks["digits"][0])
    variables = model.named_variables()
    for name, value in measured.items():
        np.testing.assert_allclose(variables[name].numpy(), value, rtol=1e-4, atol=1e-5, err_msg=name)


def test_each_block_once_takes_the_norms_of_its_first_step():
    short = each_block_once(keras_modnet.Ordering.from_blocks([2, 2, 0, 2, 1, 0], 4))
    assert (short.blocks, short.norm_steps) == ((2, 0, 1), (0, 2, 4))


@pytest.mark.parametrize(
    ("epochs", "share", "short"), [(10, 0.5, 5), (3, 0.4, 1), (2, 0.01, 1), (2, 0.99, 1), (100, 0.3, 30)]
)
def test_the_short_network_has_its_share_of_the_epochs_and_leaves_one(recipe, epochs, share, short):
    assert dataclasses.replace(recipe, epochs=epochs, grow_after=share).short_epochs == short


def test_a_recipe_that_does_not_grow_has_no_short_epochs(recipe):
    assert dataclasses.replace(recipe, grow_after=None).short_epochs == 0


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"grow_after": 0.0}, "grow_after"),
        ({"grow_after": 1.0}, "grow_after"),
        ({"epochs": 1}, "epochs"),
        ({"search_epochs": 1}, "grow_after"),
    ],
)
def test_growth_that_cannot_be_is_refused(recipe, change, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        dataclasses.replace(recipe, **change)
