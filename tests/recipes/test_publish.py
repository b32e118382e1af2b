"""What a published card takes from the results of a run and of its controls."""

import dataclasses
import json

import pytest
from absl import flags
from absl.testing import flagsaver

from keras_modnet.analysis import render_card
from keras_modnet.presets import read_preset
from training import publish, run
from training.loop import make_model

ORIGIN = {"recipe": "tiny.py", "command": "a command"}


@pytest.fixture(scope="module")
def recipe(searching):
    given = {"data": {"digits": "mnist"}, "orderings": {"digits": [0, 1]}}
    return dataclasses.replace(searching, intended_use="Tests.", search_epochs=0, warm_epochs=0, **given)


@pytest.fixture(scope="module")
def output_dir(recipe, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    make_model(recipe, seed=3).save_to_preset(folder / "seed_3")
    return folder


def results_of(accuracies, limit=None, data="mnist", commits=("abc", None, None)):
    machine = {"cpu_count": 2, "processor": "x", "backend": "b", "python": "3", "versions": {"keras": "1"}}
    runs = [
        {
            "seed": seed,
            "accuracy_percent": {"digits": accuracy},
            "test_images": {"digits": 10},
            "seconds": 1.6,
            "machine": machine,
            "commit": commit,
        }
        for seed, accuracy, commit in zip((3, 5, 7), accuracies, commits, strict=False)
    ]
    mean = sum(accuracies) / len(accuracies)
    summary = {"digits": {"data": data, "mean": mean, "std": 1.0 if len(accuracies) > 1 else 0.0}}
    return {"setting": {"recipe": {"epochs": 1}, "limit": limit}, "runs": runs, "accuracy_percent": summary}


def test_a_card_has_results_controls_commits_words_and_origin(recipe, output_dir, tmp_path):
    controls = {"blocks run once": results_of([80.0, 82.0])}
    preset = publish.publish(recipe, results_of([90.0, 92.0]), output_dir, tmp_path / "tiny", ORIGIN, controls)
    card = read_preset(preset).metadata["card"]
    once = {"digits": {"mean": 81.0, "std": 1.0, "seeds": [3, 5], "by_seed": [80.0, 82.0]}}
    assert card["controls"] == {"blocks run once": once}
    assert card["measured"]["digits"]["by_seed"] == [90.0, 92.0]
    assert card["measured"]["digits"]["shipped_seed"] == 3
    assert card["commits"] == ["abc", None]
    assert card["data"]["digits"]["bibtex"].startswith("@article{lecun1998gradient")
    assert {name: card[name] for name in ("recipe", "command", "intended_use")} == ORIGIN | {"intended_use": "Tests."}
    # One truth: the text that was published is what the stored facts render to.
    assert (preset / "README.md").read_text() == render_card("tiny", card, publish.PICTURE)
    assert "| digits | blocks run once | 81.00 ± 1.00 | 80.00, 82.00 |" in (preset / "README.md").read_text()


def test_one_seed_has_no_spread_and_a_run_without_a_commit_says_nothing(recipe, output_dir, tmp_path):
    preset = publish.publish(recipe, results_of([90.0], commits=[None]), output_dir, tmp_path / "tiny", ORIGIN)
    card = read_preset(preset).metadata["card"]
    assert "std" not in card["measured"]["digits"]
    assert "commits" not in card
    assert "controls" not in card
    assert "commit" not in (preset / "README.md").read_text()


@pytest.mark.parametrize(
    ("control", "message"),
    [
        ({"data": "letters"}, r"`controls\['once'\]` must be of the tasks and data of {'digits': 'mnist'}"),
        ({"limit": 5}, r"`controls\['once'\]` must be of a run with limit=None\. Received: 5"),
    ],
)
def test_a_control_that_cannot_be_compared_is_refused(recipe, output_dir, tmp_path, control, message):
    controls = {"once": results_of([80.0], **control)}
    with pytest.raises(ValueError, match=message):
        publish.publish(recipe, results_of([90.0]), output_dir, tmp_path / "tiny", ORIGIN, controls)
    assert not (tmp_path / "tiny").exists()


def run_main(*options):
    with flagsaver.flagsaver():
        run.main(flags.FLAGS(["run", "--recipe=digits_reuse", *options]))


@pytest.mark.parametrize("text", ["once", "once=", "=runs", "once=nowhere"])
def test_a_control_is_name_and_folder(tmp_path, text):
    with pytest.raises(run.app.UsageError, match=r"--controls must be NAME=FOLDER, a folder with results\.json"):
        run_main(f"--output_dir={tmp_path}", f"--preset_dir={tmp_path / 'preset'}", f"--controls={text}")


def test_controls_without_a_card_are_refused(tmp_path):
    (tmp_path / "results.json").write_text(json.dumps(results_of([80.0])))
    with pytest.raises(run.app.UsageError, match="--controls needs --preset_dir"):
        run_main(f"--output_dir={tmp_path}", f"--controls=once={tmp_path}")


def test_the_command_on_the_card_has_all_that_changes_the_result_and_no_folder_of_this_machine(tmp_path):
    options = ["--recipe=/somewhere/own.py", "--data_dir=/data", "--epochs=2", "--limit=5", "--output_dir=/out"]
    with flagsaver.flagsaver():
        flags.FLAGS(["run", *options, f"--controls=run once={tmp_path / 'once'}"])
        command = run.command_line("mine")
    assert command == (
        "python -m training.run --recipe=own.py --seeds=0,1,2 --output_dir=runs/mine --preset_dir=mine "
        "--data_dir=DATA_DIR --epochs=2 --limit=5 '--controls=run once=runs/once'"
    )
