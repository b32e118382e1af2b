"""From the results of a recipe to a preset folder with its card."""

import pathlib
import tempfile

from keras_modnet import from_preset
from keras_modnet.analysis import model_facts, plot_orderings, render_card
from keras_modnet.checks import expect
from training.card_words import card_words

PICTURE = "orderings.png"
METRIC = "test accuracy"


def publish(recipe, results, output_dir, preset_dir, origin, controls=None):
    """Writes the preset of the first seed, with measurements of all seeds on its card.

    Args:
        recipe: the `Recipe` that was run.
        results: what `run_seeds` returned.
        output_dir: the folder that it wrote.
        preset_dir: folder of the preset.
        origin: `{"recipe": file of the recipe, "command": command that was run}`, as the card is to show them.
        controls: `{name: what results.json of another run holds}`, runs to compare with. Default `None`: none.

    Returns:
        Path of the preset folder.

    Raises:
        ValueError: a control has a task that the recipe lacks, or was measured on other data.
    """
    shipped = results["runs"][0]["seed"]
    # Checked before anything is measured.
    compared = {name: _control(name, control, results) for name, control in (controls or {}).items()}
    model = from_preset(str(pathlib.Path(output_dir).resolve() / f"seed_{shipped}"))
    card = make_card(recipe, results, model, origin) | ({"controls": compared} if compared else {})
    with tempfile.TemporaryDirectory() as folder:
        plot_orderings(model, pathlib.Path(folder) / PICTURE)
        picture = (pathlib.Path(folder) / PICTURE).read_bytes()
    text = render_card(pathlib.Path(preset_dir).resolve().name, card, PICTURE)
    return model.save_to_preset(preset_dir, card, {"README.md": text, PICTURE: picture})


def make_card(recipe, results, model, origin):
    """Returns the facts of the card, as the metadata's schema has them.

    Args:
        recipe: the `Recipe` that was run.
        results: what `run_seeds` returned.
        model: the model of the first seed.
        origin: as `publish` takes it.
    """
    runs = results["runs"]
    commits = [run.get("commit") for run in runs]
    measured = {
        task: {
            "metric": METRIC,
            **summary,
            "shipped_seed": runs[0]["seed"],
            "data": results["accuracy_percent"][task]["data"],
            "test_images": runs[0]["test_images"][task],
        }
        for task, summary in _summaries(results).items()
    }
    return {
        **card_words(recipe),
        **origin,
        **model_facts(model),
        **({"commits": commits} if any(commits) else {}),
        "setting": results["setting"],
        "measured": measured,
        "training_seconds": [round(run["seconds"]) for run in runs],
        "machine": runs[0]["machine"],
        "versions": runs[0]["machine"]["versions"],
    }


def _summaries(results):
    """Returns mean, spread and each seed of every task, in percent; one seed has no spread."""
    runs = results["runs"]
    return {
        task: {
            "mean": round(summary["mean"], 2),
            **({"std": round(summary["std"], 2)} if len(runs) > 1 else {}),
            "seeds": [run["seed"] for run in runs],
            "by_seed": [round(run["accuracy_percent"][task], 2) for run in runs],
        }
        for task, summary in results["accuracy_percent"].items()
    }


def _control(name, control, results):
    own = results["accuracy_percent"]
    for task, summary in control["accuracy_percent"].items():
        same = task in own and summary["data"] == own[task]["data"]
        expect(same, f"controls[{name!r}]", f"of the tasks and data of {_data(own)}", {task: summary["data"]})
    limits = [one["setting"]["limit"] for one in (results, control)]
    expect(limits[0] == limits[1], f"controls[{name!r}]", f"of a run with limit={limits[0]}", limits[1])
    return _summaries(control)


def _data(summaries):
    return {task: summary["data"] for task, summary in summaries.items()}
