import dataclasses
import json
import shutil

import keras
import numpy as np
import pytest

import keras_modnet
from training import publish, recipe_files, seeds
from training.commit import checkout_commit
from training.evaluation import evaluate
from training.loop import make_model, train
from training.optimizers import recipe_optimizer
from training.task_data import load_tasks, statistics_batches


@pytest.fixture(scope="module")
def recipe(searching):
    return dataclasses.replace(searching, epochs=2, search_epochs=1, warm_epochs=0, ema_momentum=None)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    generator = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("data")
    for name, shape, classes in (("mnist", (28, 28), 10), ("letters", (16, 8), 26)):
        arrays = {}
        for split, count in (("train", 30), ("test", 10)):
            arrays[f"x_{split}"] = generator.integers(0, 256, (count, *shape)).astype("uint8")
            arrays[f"y_{split}"] = (np.arange(count) % classes).astype("uint8")
        np.savez(folder / f"{name}.npz", **arrays)
    return folder


@pytest.fixture(scope="module")
def output(recipe, data_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return folder, seeds.run_seeds(recipe, [3, 5], folder, seeds.RunOptions(str(data_dir)))


def test_a_run_leaves_a_result_and_a_preset_for_every_seed(output):
    folder, results = output
    assert json.loads((folder / "results.json").read_text()) == json.loads(json.dumps(results))
    for seed in (3, 5):
        result = json.loads((folder / f"seed_{seed}.json").read_text())
        assert result["seed"] == seed
        assert result["commit"] == checkout_commit()
        assert "cpu" in result["machine"]["device"].lower()
        assert set(result["accuracy_percent"]) == {"digits", "words"}
        assert len(result["history"]["loss"]) == 2
        model = keras_modnet.from_preset(str(folder / f"seed_{seed}"))
        assert all(model.ordering(task).is_hard for task in model.task_names)


def test_mean_and_spread_are_those_of_the_seeds(output):
    _, results = output
    values = [run["accuracy_percent"]["digits"] for run in results["runs"]]
    assert results["accuracy_percent"]["digits"]["mean"] == pytest.approx(np.mean(values))
    assert results["accuracy_percent"]["digits"]["std"] == pytest.approx(np.std(values, ddof=1))


def test_a_seed_that_has_a_result_is_not_trained_again(output, recipe, monkeypatch):
    folder, results = output

    def refuse(*arguments):
        raise AssertionError("trained again")

    monkeypatch.setattr(seeds.loop, "train", refuse)
    assert seeds.run_seeds(recipe, [3, 5], folder)["accuracy_percent"] == results["accuracy_percent"]


def test_other_words_for_the_card_need_no_other_run(output, recipe):
    other = dataclasses.replace(recipe, description="Put otherwise.", intended_use="None.")
    assert seeds.run_seeds(other, [3, 5], output[0])["setting"]["recipe"]["description"] == "Put otherwise."


def test_results_from_before_a_recipe_had_an_attribute_are_those_of_its_default(output, recipe, tmp_path):
    shutil.copytree(output[0], tmp_path / "older")
    path = tmp_path / "older" / "seed_3.json"
    result = json.loads(path.read_text())
    assert result["setting"]["recipe"].pop("ema_momentum") is None
    path.write_text(json.dumps(result))
    seeds.run_seeds(recipe, [3], tmp_path / "older")
    with pytest.raises(ValueError, match="of the same setting"):
        seeds.run_seeds(dataclasses.replace(recipe, ema_momentum=0.9), [3], tmp_path / "older")


def test_results_of_another_setting_are_refused(output, recipe):
    folder, _ = output
    other = dataclasses.replace(recipe, learning_rate=1.0)
    with pytest.raises(ValueError, match="`output_dir` must be empty or of the same setting"):
        seeds.run_seeds(other, [3], folder)


def test_a_published_preset_has_the_first_seeds_weights_and_all_seeds_on_its_card(output, recipe, tmp_path):
    folder, results = output
    origin = {"recipe": "tiny.py", "command": "python -m training.run --recipe=tiny.py"}
    preset = publish.publish(recipe, results, folder, tmp_path / "tiny", origin)
    model, first = keras_modnet.from_preset(str(preset)), keras_modnet.from_preset(str(folder / "seed_3"))
    for name, variable in first.named_variables().items():
        np.testing.assert_array_equal(variable.numpy(), model.named_variables()[name].numpy())
    info = keras_modnet.presets.describe_preset(preset)
    assert info.accuracy["digits"] == pytest.approx(results["accuracy_percent"]["digits"]["mean"], abs=0.01)
    assert info.unique_parameters == sum(
        int(np.prod(v.shape)) for v in model.named_variables().values() if len(v.shape)
    )
    card = (preset / "README.md").read_text()
    assert "| digits |" in card
    assert "Seeds 3, 5; the weights are those of seed 3" in card
    assert origin["command"] in card
    assert (preset / "orderings.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_seed_gives_the_same_weights(output, recipe, data_dir):
    first = keras_modnet.from_preset(str(output[0] / "seed_5"))
    again, _ = train(recipe, load_tasks(recipe, "train", data_dir), seed=5)
    for name, variable in first.named_variables().items():
        np.testing.assert_array_equal(variable.numpy(), again.named_variables()[name].numpy(), err_msg=name)


def test_evaluate_counts_right_answers(recipe, data_dir):
    model = make_model(recipe, seed=0)
    images, _ = load_tasks(recipe, "test", data_dir)["digits"]
    answers = model.predict(images, verbose=0).argmax(-1)
    labels = answers.copy()
    labels[:4] = (labels[:4] + 1) % 10
    # Four of ten labels are other than the answers.
    assert evaluate(model, {"digits": (images, labels)}, batch_size=3) == {"digits": pytest.approx(60.0)}


def test_statistics_batches_show_no_image_twice():
    images = np.arange(600).reshape(600, 1, 1, 1)
    shown = np.concatenate([batch.ravel() for batch in statistics_batches(images, 2, seed=0)])
    assert len(shown) == len(set(shown)) == 512


def test_the_learning_rate_rises_and_falls(recipe):
    assert rates_at(recipe, (0, 10, 100)) == pytest.approx([0.0, 0.5, 0.0], abs=1e-6)
    halved = dataclasses.replace(recipe, final_share=0.5)
    assert rates_at(halved, (0, 10, 100)) == pytest.approx([0.0, 0.5, 0.25], abs=1e-6)


def rates_at(recipe, steps):
    recipe = dataclasses.replace(recipe, warmup_share=0.1, learning_rate=0.5)
    optimizer = recipe_optimizer(recipe, 100, [keras.Variable(np.ones(1), name="kernel")])
    rates = []
    for step in steps:
        optimizer.iterations.assign(step)
        rates.append(float(keras.ops.convert_to_numpy(optimizer.learning_rate)))
    return rates


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"epochs": 0}, "epochs"),
        ({"search_epochs": 2}, "search_epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"warm_epochs": 1}, "warm_epochs"),
        ({"orderings": {"numbers": [0, 1]}}, "orderings"),
        ({"search_epochs": 0, "orderings": {"digits": [0, 1]}}, "orderings"),
        ({"grow_after": 0.5}, "grow_after"),
    ],
)
def test_a_recipe_that_cannot_run_is_refused(recipe, change, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        dataclasses.replace(recipe, **change)


def test_a_shortened_recipe_searches_in_proportion(recipe):
    longer = dataclasses.replace(recipe, epochs=10, search_epochs=5)
    assert (longer.shortened(4).epochs, longer.shortened(4).search_epochs) == (4, 2)
    warm = dataclasses.replace(longer, warm_epochs=2)
    assert (warm.shortened(5).search_epochs, warm.shortened(5).warm_epochs) == (2, 1)
    with pytest.raises(ValueError, match=r"`epochs` must be a whole number of at least 2\. Received: 1"):
        longer.shortened(1)


def test_given_orderings_are_trained_and_the_others_are_searched(recipe, data_dir):
    recipe = dataclasses.replace(recipe, epochs=3, search_epochs=2, warm_epochs=1, orderings={"digits": [1, 1]})
    assert recipe.searched_tasks == ["words"]
    model, _ = train(recipe, load_tasks(recipe, "train", data_dir), seed=0)
    assert model.ordering("digits").blocks == (1, 1)
    assert model.ordering("words").is_hard


def test_without_a_search_the_given_orderings_stay(recipe, data_dir):
    orderings = {"digits": [1, 0], "words": [0, 0]}
    recipe = dataclasses.replace(recipe, epochs=1, search_epochs=0, orderings=orderings)
    model, _ = train(recipe, load_tasks(recipe, "train", data_dir), seed=0)
    assert {task: list(model.ordering(task).blocks) for task in orderings} == orderings


def test_every_recipe_names_itself_and_known_data():
    for name in recipe_files.recipe_names():
        recipe = recipe_files.find_recipe(name)
        assert recipe.name == name
        model = make_model(recipe, seed=0)
        assert model.task_names == tuple(recipe.data)
