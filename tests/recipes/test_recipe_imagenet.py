"""The recipe of ImageNet, its network made tiny, on arrays: two stages, averaged weights, checkpoints."""

import dataclasses
import json

import keras
import numpy as np
import pytest

import keras_modnet
from training import classification, run, seeds
from training.classification import checkpoint_path, evaluate, load_tasks, train
from training.classification_recipe import ClassificationRecipe
from training.training_state import TrainingState, read_checkpoint, write_checkpoint


@pytest.fixture(scope="module")
def recipe():
    recipe = run.find_recipe("imagenet")
    small = {"image_shape": (8, 8, 3), "num_blocks": 2, "num_steps": 3, "width": 4, "patch_size": 4}
    return dataclasses.replace(
        recipe,
        model=recipe.model | small | {"block": "basic", "norm": "batch"},
        orderings={"imagenet": [0, 0, 1]},
        epochs=4,
        batch_size=8,
        rand_operations=0,
        ema_momentum=0.5,
        statistics_batches=1,
    )


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


def arrays_of(model):
    return {name: keras.ops.convert_to_numpy(variable) for name, variable in model.named_variables().items()}


def stop_after(monkeypatch, epoch):
    """Makes a training end by an error as soon as the checkpoint of an epoch is written."""

    class Stopping(classification.Checkpoint):
        def on_epoch_end(self, number, logs=None):
            super().on_epoch_end(number, logs)
            if number + 1 == epoch:
                raise KeyboardInterrupt

    monkeypatch.setattr(classification, "Checkpoint", Stopping)


def test_both_stages_are_trained_to_the_final_ordering(recipe, trained):
    model, log = trained
    assert [(stage.epochs, stage.grown) for stage in classification.stages(recipe)] == [
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


def test_a_training_that_was_stopped_ends_like_one_that_was_not(recipe, tasks, trained, tmp_path, monkeypatch):
    # Before the network grows, inside a stage, and before the statistics are gathered.
    for epoch in (2, 3, 4):
        with monkeypatch.context() as patched:
            stop_after(patched, epoch)
            with pytest.raises(KeyboardInterrupt):
                train(recipe, tasks, seed=0, path=tmp_path / "run")
    model, log = train(recipe, tasks, seed=0, path=tmp_path / "run")
    for name in ("loss", "accuracy", "learning_rate"):
        assert log["history"][name] == trained[1]["history"][name], name
    for name, array in arrays_of(trained[0]).items():
        np.testing.assert_array_equal(arrays_of(model)[name], array, err_msg=name)


def test_the_weights_are_the_average_of_those_after_every_step(recipe, tasks, tmp_path, monkeypatch):
    weights = []

    class Witness(classification.Checkpoint):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            weights.append(arrays_of(self.network)["stem/kernel"])

    monkeypatch.setattr(classification, "Checkpoint", Witness)
    # One step an epoch, and no growth.
    recipe = dataclasses.replace(recipe, epochs=3, batch_size=16, grow_after=None)
    model, _ = train(recipe, tasks, seed=0, path=tmp_path / "run")
    expected = 0.5 * (0.5 * weights[0] + 0.5 * weights[1]) + 0.5 * weights[2]
    np.testing.assert_allclose(arrays_of(model)["stem/kernel"], expected, rtol=1e-5, atol=1e-7)
    assert np.abs(expected - weights[2]).max() > 1e-5


def test_statistics_are_those_of_the_averaged_weights(trained, tasks):
    model, _ = trained
    measured = model.batch_statistics("imagenet", tasks["imagenet"][0])
    for name, value in measured.items():
        np.testing.assert_allclose(arrays_of(model)[name], value, rtol=1e-4, atol=1e-5, err_msg=name)


def test_mixed_precision_keeps_variables_in_float32(recipe, tasks):
    recipe = dataclasses.replace(recipe, model=recipe.model | {"dtype": "mixed_bfloat16"}, epochs=2)
    model, log = train(recipe, tasks, seed=0)
    assert model.bank.compute_dtype == "bfloat16"
    assert {str(array.dtype) for name, array in arrays_of(model).items() if "hardened" not in name} == {"float32"}
    assert np.isfinite(log["history"]["loss"]).all()


def test_a_loss_that_is_no_number_stops_the_training_and_keeps_the_state_before_it(tmp_path):
    write_checkpoint(tmp_path / "state.npz", TrainingState({}, 1, {"loss": [2.0]}))
    before = (tmp_path / "state.npz").read_bytes()
    state = read_checkpoint(tmp_path / "state.npz", {})
    checkpoint = classification.Checkpoint(None, "imagenet", state, tmp_path / "state.npz")
    with pytest.raises(FloatingPointError, match=r"loss of epoch 1: expected a finite number, found nan\."):
        checkpoint.on_epoch_end(1, {"loss": float("nan")})
    assert (tmp_path / "state.npz").read_bytes() == before
    assert (checkpoint.state.epoch, checkpoint.state.history) == (1, {"loss": [2.0]})


def test_a_checkpoint_of_another_setting_is_refused(recipe, tasks, tmp_path):
    write_checkpoint(checkpoint_path(tmp_path / "run"), TrainingState({"recipe": "another"}))
    with pytest.raises(ValueError, match=r"`output_dir` must be empty or of the same setting\. Received: .*run_check"):
        train(recipe, tasks, seed=0, path=tmp_path / "run")


def test_a_run_leaves_results_and_a_preset_and_no_checkpoint(recipe, data_dir, tmp_path):
    recipe = recipe.shortened(2)
    results = seeds.run_seeds(recipe, [4], tmp_path, data_dir, limit=12)
    result = json.loads((tmp_path / "seed_4.json").read_text())
    assert result["training_images"] == {"imagenet": 12}
    assert result["test_images"] == {"imagenet": 6}
    assert result["accuracy_percent"]["imagenet"] == results["accuracy_percent"]["imagenet"]["mean"]
    model = keras_modnet.from_preset(str(tmp_path / "seed_4"))
    assert model.ordering("imagenet").blocks == (0, 0, 1)
    tested = load_tasks(recipe, "test", data_dir)
    assert evaluate(model, tested, recipe) == result["accuracy_percent"]
    assert not checkpoint_path(tmp_path / "seed_4").exists()


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"crop_area": 0.0}, "crop_area"),
        ({"test_crop": 1.5}, "test_crop"),
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
    assert isinstance(run.find_recipe("imagenet_tiny"), ClassificationRecipe)
