"""From the results of a recipe to a preset folder with its card."""

import math
import pathlib
import tempfile

from keras_modnet import from_preset
from keras_modnet.analysis import plot_orderings
from keras_modnet.analysis.cards import render_card
from keras_modnet.analysis.latency import latency_ms
from training.data import describe
from training.seeds import machine

PICTURE = "orderings.png"


def publish(recipe, results, output_dir, preset_dir, data_dir=None):
    """Writes the preset of the first seed, with measurements of all seeds on its card.

    Args:
        recipe: the `Recipe` that was run.
        results: what `run_seeds` returned.
        output_dir: the folder that it wrote.
        preset_dir: folder of the preset.
        data_dir: the folder of arrays that was trained on, or None for tensorflow-datasets.

    Returns:
        Path of the preset folder.
    """
    shipped = results["runs"][0]["seed"]
    model = from_preset(str(pathlib.Path(output_dir).resolve() / f"seed_{shipped}"))
    card = make_card(recipe, results, model, arrays=data_dir is not None)
    with tempfile.TemporaryDirectory() as folder:
        picture = plot_orderings(model, pathlib.Path(folder) / PICTURE).read_bytes()
    name = pathlib.Path(preset_dir).name
    return model.save_to_preset(preset_dir, card, {"README.md": render_card(name, card), PICTURE: picture})


def make_card(recipe, results, model, arrays):
    """Returns the facts of the card, as the metadata's schema has them.

    Args:
        recipe: the `Recipe` that was run.
        results: what `run_seeds` returned.
        model: the model of the first seed.
        arrays: whether it was trained on a folder of arrays.
    """
    runs = results["runs"]
    seeds = [run["seed"] for run in runs]
    measured = {
        task: {
            "metric": "test accuracy",
            "mean": round(summary["mean"], 2),
            "std": round(summary["std"], 2),
            "seeds": seeds,
            "by_seed": [round(run["accuracy_percent"][task], 2) for run in runs],
            "shipped_seed": seeds[0],
            "data": summary["data"],
            "test_images": runs[0]["test_images"][task],
        }
        for task, summary in results["accuracy_percent"].items()
    }
    sizes = [math.prod(variable.shape) for variable in model.named_variables().values() if len(variable.shape)]
    return {
        "description": recipe.description,
        "licence": recipe.licence,
        "limits": recipe.limits,
        "recipe": f"training/recipes/{recipe.name}.py",
        "command": f"python -m training.run --recipe={recipe.name} --seeds={','.join(map(str, seeds))} "
        f"--output_dir=runs/{recipe.name} --preset_dir=zoo/{recipe.name}" + arrays * " --data_dir=DATA_DIR",
        "setting": results["setting"],
        "data": {
            task: {"name": name, "terms": describe(name).terms, "cite": describe(name).citation}
            for task, name in recipe.data.items()
        },
        "tasks": list(model.task_names),
        "orderings": {task: list(model.ordering(task).blocks) for task in model.task_names},
        "measured": measured,
        "unique_parameters": sum(sizes),
        "macs": {task: model.count_macs(task) for task in model.task_names},
        "latency_ms": {task: round(latency_ms(model.to_static(task)), 2) for task in model.task_names},
        "training_seconds": [round(run["seconds"]) for run in runs],
        "machine": runs[0]["machine"],
        "versions": machine()["versions"],
    }
