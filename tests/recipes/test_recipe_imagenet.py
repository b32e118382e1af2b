"""The recipe of ImageNet, its network made tiny, on arrays: two stages, averaged weights, checkpoints."""

import dataclasses
import json

import keras
import numpy as np
import pytest

import keras_modnet
from training import recipe_files, seeds
from training.classification_recipe import ClassificationRecipe
from training.evaluation import evaluate
from training.loop import make_model, train, train_model
from training.stages import stages
from training.task_data import load_tasks


@pytest.fixture(scope="module")
def recipe(growing):
    return growing


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    generator = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("data")
    arrays = {}
    for split, count in (("train", 16), ("test", 6)):
        arrays[f"x_{split}"] = generator.integers(0, 256, (count, 8, 8, 3)).astype("uint8")
        arrays[f"y_{split}"] = np.arange(count)
    np.savez(folder / "imagenet2012.npz", **arrays)
    return folder


@pytest.fixture(scope="module")
def tasks(recipe, data_dir):
    return load_tasks(recipe, "train", data_dir)


@pytest.fixture(scope="module")
def trained(recipe, tasks):
    return train(recipe, tasks, seed=0)


class Weights(keras.callbacks.Callback):
    """Notes a variable at the end of each epoch."""

    def __init__(self, variable):
        super().__init__()
        self.variable, self.seen = variable, []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(keras.ops.convert_to_numpy(self.variable))


def test_both_stages_are_trained_to_the_final_ordering(recipe, trained):
    model, log = trained
    assert [(stage.epochs, stage.grown) for stage in stages(recipe)] == [
        (range(2), False),
        (range(2, 4), True),
    ]
    assert model.ordering("imagenet").blocks == (0, 0, 1)
    assert all(len(values) == 4 for values in log["history"].values())
    assert log["seconds"] == pytest.approx(sum(log["history"]["seconds"]))
    assert all(value > 0 for value in log["history"]["images_per_second"])
    # Half of the peak where the network grows, none at the end.
    rates = log["history"]["learning_rate"]
    assert (rates[1], rates[3]) == pytest.approx((0.5 * recipe.learning_rate, 0.0), abs=1e-9)


def test_the_weights_are_the_average_of_those_after_every_step(recipe, tasks):
    # One step an epoch, and no growth.
    recipe = dataclasses.replace(recipe, epochs=3, batch_size=16, grow_after=None)
    keras.utils.set_random_seed(0)
    model = make_model(recipe, seed=0)
    kernel = model.named_variables()["stem/kernel"]
    weights = Weights(kernel)
    train_model(model, recipe, tasks, seed=0, extra_callbacks=[weights])
    first, second, third = weights.seen
    expected = 0.5 * (0.5 * first + 0.5 * second) + 0.5 * third
    np.testing.assert_allclose(keras.ops.convert_to_numpy(kernel), expected, rtol=1e-5, atol=1e-7)
    assert np.abs(expected - third).max() > 1e-5


def test_statistics_are_those_of_the_averaged_weights(trained, tasks, values_of):
    model, _ = trained
    measured = model.batch_statistics("imagenet", tasks["imagenet"][0])
    for name, value in measured.items():
        np.testing.assert_allclose(values_of(model)[name], value, rtol=1e-4, atol=1e-5, err_msg=name)


def test_mixed_precision_keeps_variables_in_float32(recipe, tasks, values_of):
    recipe = dataclasses.replace(recipe, model=recipe.model | {"dtype": "mixed_bfloat16"}, epochs=2)
    model, log = train(recipe, tasks, seed=0)
    assert model.bank.compute_dtype == "bfloat16"
    assert {str(array.dtype) for name, array in values_of(model).items() if "hardened" not in name} == {"float32"}
    assert np.isfinite(log["history"]["loss"]).all()


def test_a_run_leaves_results_and_a_preset_and_no_checkpoint(recipe, data_dir, tmp_path):
    recipe = recipe.shortened(2)
    results = seeds.run_seeds(recipe, [4], tmp_path, seeds.RunOptions(str(data_dir), limit=12))
    result = json.loads((tmp_path / "seed_4.json").read_text())
    assert result["training_images"] == {"imagenet": 12}
    assert result["test_images"] == {"imagenet": 6}
    assert result["accuracy_percent"]["imagenet"] == results["accuracy_percent"]["imagenet"]["mean"]
    model = keras_modnet.from_preset(str(tmp_path / "seed_4"))
    assert model.ordering("imagenet").blocks == (0, 0, 1)
    tested = load_tasks(recipe, "test", data_dir)
    assert evaluate(model, tested) == result["accuracy_percent"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["results.json", "seed_4", "seed_4.json", "seed_4_log"]


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"crop_area": 0.0}, "crop_area"),
        ({"shuffle_images": 0}, "shuffle_images"),
        ({"mixup": 2.0}, "mixup"),
        ({"erasing": -1.0}, "erasing"),
        ({"data": {"a": "mnist", "b": "mnist"}, "orderings": {"a": [0], "b": [0]}}, "data"),
        ({"search_epochs": 1, "grow_after": None}, "search_epochs"),
    ],
)
def test_settings_that_cannot_be_are_refused(recipe, change, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        dataclasses.replace(recipe, **change)


def test_the_smaller_recipe_is_of_the_same_kind():
    assert isinstance(recipe_files.find_recipe("imagenet_tiny"), ClassificationRecipe)
