"""A recipe over several seeds: each one goes on where it was stopped, and leaves its result and its weights."""

import dataclasses
import json
import pathlib

import keras
import numpy as np

from training import loop
from training.checkpoint_files import CheckpointFiles
from training.commit import checkout_commit
from training.data import describe
from training.distribution import is_chief, make_strategy
from training.evaluation import evaluate
from training.keeping import Keeping
from training.machine import machine
from training.output import remove_leftovers, try_folder, write_json
from training.recipe import WORDS
from training.task_data import load_tasks, num_images

# Steps between two checkpoints of several machines, which have no clock in common.
STEPS_TOGETHER = 100


@dataclasses.dataclass(frozen=True)
class RunOptions:
    """How a recipe is run.

    Attributes:
        data_dir: folder of arrays; None: tensorflow-datasets.
        limit: images of each task and split at most; None: all.
        strategy: "none", "mirrored", "multi_worker" or "tpu".
        checkpoint_every: steps between two checkpoints; None: about a minute, of several machines 100 steps. An epoch's
            end is kept as well.
        retries: how often a seed may go back to its last checkpoint, at half the learning rate, where the loss is no
            number or has exploded.
        steps_per_execution: steps that the devices run in one call.
        skip_bad_images: images of each data set that may be left out because they cannot be read; more are an error.
    """

    data_dir: str | None = None
    limit: int | None = None
    strategy: str = "none"
    checkpoint_every: int | None = None
    retries: int = 0
    steps_per_execution: int = 1
    skip_bad_images: int = 0


def run_seeds(recipe, seeds, output_dir, options=None):
    """Trains every seed that has no result yet and sums all up.

    Args:
        recipe: a `Recipe`.
        seeds: whole numbers; the first one's weights are what a preset ships.
        output_dir: folder for `seed_N/` (weights as a preset folder), `seed_N.json` and `results.json`; while a seed
            trains also `seed_N_checkpoints/`.
        options: `RunOptions`. Default None: their defaults.

    Returns:
        What `results.json` holds; of several machines only the first one has it, the others None.

    Raises:
        ValueError: the folder holds results of another configuration.
        OutputError: the folder cannot be written; before the first step.
        LossError: the loss is no finite number or has exploded, and no retry is left.
        StoppedError: a signal asked to stop.
    """
    options = options or RunOptions()
    strategy = make_strategy(options.strategy)
    writes, folder = is_chief(strategy), pathlib.Path(output_dir)
    if writes:
        try_folder(folder)
        remove_leftovers(folder)
    setting = {"recipe": dataclasses.asdict(recipe), "limit": options.limit, "strategy": options.strategy}
    if options.skip_bad_images:
        setting["skip_bad_images"] = options.skip_bad_images
    # As it comes back from a file, so that a stored setting compares equal.
    setting = json.loads(json.dumps(setting))
    runs = {seed: _stored(folder / f"seed_{seed}.json", setting, recipe) for seed in seeds}
    missing = [seed for seed in seeds if runs[seed] is None]
    if missing:
        # Asked for before the training: a commit made meanwhile is not the code that runs.
        context = {"setting": setting, "commit": checkout_commit()}
        own = {"data_dir": options.data_dir, "limit": options.limit, "skip_bad_images": options.skip_bad_images}
        splits = {split: load_tasks(recipe, split, **own) for split in ("train", "test")}
        for seed in missing:
            print(f"seed {seed}", flush=True)
            runs[seed] = _run_seed(recipe, seed, splits, folder, context, options, strategy)
    if not writes:
        return None
    runs = list(runs.values())
    results = {"setting": setting, "runs": runs, "accuracy_percent": _summary(recipe, runs)}
    write_json(folder / "results.json", results)
    for seed in seeds:
        CheckpointFiles(_checkpoints(folder, seed), setting).remove()
    return results


def _stored(path, setting, recipe):
    """Returns the result of a seed, or None where there is none that is whole."""
    if not path.is_file():
        return None
    try:
        result = json.loads(path.read_bytes())
        stored = result["setting"]
    except (ValueError, LookupError, TypeError) as error:
        print(f"{path}: expected a result, found {error}; going on from the last checkpoint, if there is one")
        return None
    if _without_words(stored, recipe) != _without_words(setting, recipe):
        raise ValueError(f"`output_dir` must be empty or of the same setting. Received: {path} of another one.")
    return result


def _without_words(setting, recipe):
    # A recipe that was run before it could state a thing ran with what is now the default.
    defaults = {f.name: f.default for f in dataclasses.fields(recipe) if f.default is not dataclasses.MISSING}
    stated = json.loads(json.dumps(defaults)) | setting["recipe"]
    return {**setting, "recipe": {key: value for key, value in stated.items() if key not in WORDS}}


def _checkpoints(folder, seed):
    return folder / f"seed_{seed}_checkpoints"


def _run_seed(recipe, seed, splits, folder, context, options, strategy):
    writes = is_chief(strategy)
    # Without the strategy: what two devices began, one may end.
    trained = {key: value for key, value in context["setting"].items() if key != "strategy"}
    files = CheckpointFiles(_checkpoints(folder, seed), trained | {"seed": seed})
    every = options.checkpoint_every or (STEPS_TOGETHER if options.strategy == "multi_worker" else None)
    keeping = Keeping(files, every, options.retries, writes)
    log_dir = folder / f"seed_{seed}_log" if writes else None
    model, log = loop.train(recipe, splits["train"], seed, strategy, keeping, log_dir, options.steps_per_execution)
    result = {
        **context,
        "seed": seed,
        "accuracy_percent": evaluate(model, splits["test"], recipe),
        "training_images": {task: num_images(data) for task, data in splits["train"].items()},
        "test_images": {task: num_images(data) for task, data in splits["test"].items()},
        "orderings": {task: list(model.ordering(task).blocks) for task in model.task_names},
        "machine": {**machine(), "device": str(keras.ops.convert_to_tensor([0.0]).device)},
        **log,
    }
    if writes:
        model.save_to_preset(folder / f"seed_{seed}")
        write_json(folder / f"seed_{seed}.json", result)
    return json.loads(json.dumps(result))


def _summary(recipe, runs):
    summary = {}
    for task in recipe.data:
        values = [run["accuracy_percent"][task] for run in runs]
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
        summary[task] = {"data": describe(recipe.data[task]).name, "mean": float(np.mean(values)), "std": spread}
    return summary
