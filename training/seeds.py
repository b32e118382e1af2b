"""A recipe over several seeds, resumable: each seed leaves its result and its weights before the next one starts."""

import dataclasses
import importlib
import json
import os
import pathlib
import platform

import keras
import numpy as np

import keras_modnet
from training import classification, loop
from training.classification_recipe import ClassificationRecipe
from training.commit import checkout_commit
from training.data import describe
from training.distribution import make_strategy
from training.recipe import WORDS


def run_seeds(recipe, seeds, output_dir, data_dir=None, limit=None, strategy="none"):
    """Trains every seed that has no result yet and sums all up.

    Args:
        recipe: a `Recipe`.
        seeds: whole numbers; the first one's weights are what a preset ships.
        output_dir: folder for `seed_N/` (weights as a preset folder), `seed_N.json` and `results.json`.
        data_dir: folder of arrays; default tensorflow-datasets.
        limit: images of each task and split at most; default all.
        strategy: "none", "mirrored" or "tpu".

    Returns:
        What `results.json` holds.

    Raises:
        ValueError: the folder holds results of another configuration.
    """
    folder = pathlib.Path(output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    setting = {"recipe": dataclasses.asdict(recipe), "limit": limit, "strategy": strategy}
    # As it comes back from a file, so that a stored setting compares equal.
    setting = json.loads(json.dumps(setting))
    missing = [seed for seed in seeds if not _has_result(folder / f"seed_{seed}.json", setting, recipe)]
    if missing:
        # Asked for before the training: a commit made meanwhile is not the code that runs.
        commit = checkout_commit()
        load_tasks = classification.load_tasks if isinstance(recipe, ClassificationRecipe) else loop.load_tasks
        splits = {split: load_tasks(recipe, split, data_dir, limit) for split in ("train", "test")}
        for seed in missing:
            print(f"seed {seed}", flush=True)
            _run_seed(recipe, seed, splits, folder, setting, make_strategy(strategy), commit)
    runs = [json.loads((folder / f"seed_{seed}.json").read_text()) for seed in seeds]
    results = {"setting": setting, "runs": runs, "accuracy_percent": _summary(recipe, runs)}
    write_json(folder / "results.json", results)
    return results


def _has_result(path, setting, recipe):
    if not path.is_file():
        return False
    stored = json.loads(path.read_text())["setting"]
    if _without_words(stored, recipe) != _without_words(setting, recipe):
        raise ValueError(f"`output_dir` must be empty or of the same setting. Received: {path} of another one.")
    return True


def _without_words(setting, recipe):
    # A recipe that was run before it could state a thing ran with what is now the default.
    defaults = {f.name: f.default for f in dataclasses.fields(recipe) if f.default is not dataclasses.MISSING}
    stated = json.loads(json.dumps(defaults)) | setting["recipe"]
    return {**setting, "recipe": {key: value for key, value in stated.items() if key not in WORDS}}


def _run_seed(recipe, seed, splits, folder, setting, strategy, commit):
    path = folder / f"seed_{seed}"
    if isinstance(recipe, ClassificationRecipe):
        model, log = classification.train(recipe, splits["train"], seed, strategy, path)
        accuracies = classification.evaluate(model, splits["test"], recipe)
    else:
        model, log = loop.train(recipe, splits["train"], seed, strategy)
        accuracies = loop.evaluate(model, splits["test"])
    model.save_to_preset(path)
    result = {
        "setting": setting,
        "seed": seed,
        "accuracy_percent": accuracies,
        "training_images": {task: classification.num_images(data) for task, data in splits["train"].items()},
        "test_images": {task: classification.num_images(data) for task, data in splits["test"].items()},
        "orderings": {task: list(model.ordering(task).blocks) for task in model.task_names},
        "commit": commit,
        "machine": {**machine(), "device": str(keras.ops.convert_to_tensor([0.0]).device)},
        **log,
    }
    write_json(folder / f"seed_{seed}.json", result)
    classification.checkpoint_path(path).unlink(missing_ok=True)


def _summary(recipe, runs):
    summary = {}
    for task in recipe.data:
        values = [run["accuracy_percent"][task] for run in runs]
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
        summary[task] = {"data": describe(recipe.data[task]).name, "mean": float(np.mean(values)), "std": spread}
    return summary


def machine():
    """Returns versions and hardware, as far as they bear on a result."""
    backend = keras.backend.backend()
    return {
        "processor": platform.machine(),
        "cpu_count": os.cpu_count(),
        "python": platform.python_version(),
        "backend": backend,
        "versions": {
            "keras_modnet": keras_modnet.__version__,
            "keras": keras.version(),
            backend: importlib.import_module(backend).__version__,
            "numpy": np.__version__,
        },
    }


def write_json(path, content):
    """Writes a file whole or not at all."""
    temporary = path.with_suffix(".partial")
    temporary.write_text(json.dumps(content, indent=2) + "\n")
    temporary.replace(path)
