"""The recipe of ImageNet as it is, but for the size of its network, on tensorflow-datasets' fake data."""

import dataclasses
import json

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

import keras_modnet
from training import seeds
from training.distribution import make_strategy
from training.evaluation import evaluate
from training.loop import train
from training.run import find_recipe
from training.task_data import load_tasks


@pytest.fixture(autouse=True)
def fake_data(tmp_path):
    with tfds.testing.mock_data(num_examples=20, data_dir=str(tmp_path / "data")):
        yield


@pytest.fixture
def recipe():
    recipe = find_recipe("imagenet")
    # Fewer blocks too: what takes seconds here is to trace them.
    model = recipe.model | {"image_shape": (32, 32, 3), "width": 8, "num_blocks": 2, "num_steps": 4}
    own = {"orderings": {"imagenet": [0, 0, 1, 1]}, "epochs": 2, "batch_size": 8, "statistics_batches": 1}
    return dataclasses.replace(recipe, model=model, **own)


def test_the_recipe_runs_from_the_stream_to_the_preset(recipe, tmp_path):
    seeds.run_seeds(recipe, [0], tmp_path / "run", seeds.RunOptions(limit=18))
    result = json.loads((tmp_path / "run" / "seed_0.json").read_text())
    assert result["training_images"] == result["test_images"] == {"imagenet": 18}
    assert np.isfinite(result["history"]["loss"]).all()
    assert len(result["history"]["loss"]) == 2
    model = keras_modnet.from_preset(str(tmp_path / "run" / "seed_0"))
    assert model.ordering("imagenet").blocks == (0, 0, 1, 1)
    tested = load_tasks(recipe, "test", limit=18)
    assert evaluate(model, tested, recipe) == result["accuracy_percent"]
    assert list((tmp_path / "run" / "seed_0_log").glob("events*"))


def test_the_stream_trains_under_a_strategy(recipe):
    recipe = dataclasses.replace(recipe, rand_operations=0)
    tasks = load_tasks(recipe, "train")
    model, log = train(recipe, tasks, seed=0, strategy=make_strategy("mirrored"))
    assert np.isfinite(log["history"]["loss"]).all()
    assert isinstance(model.bank.stacked_weights["expand/kernel"].value, tf.distribute.DistributedValues)


def test_arrays_train_under_a_strategy(recipe):
    recipe = dataclasses.replace(recipe, rand_operations=0, grow_after=None, epochs=1)
    images = np.random.default_rng(0).integers(0, 256, (16, 32, 32, 3)).astype("uint8")
    tasks = {"imagenet": (images, np.arange(16))}
    _, log = train(recipe, tasks, seed=0, strategy=make_strategy("mirrored"))
    assert np.isfinite(log["history"]["loss"]).all()
