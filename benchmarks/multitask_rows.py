"""The rows of `benchmarks.multitask`: the same tasks, images and steps of training, shared in five ways."""

import dataclasses
import time

import keras
import numpy as np

from benchmarks.budgets import bare_recipe, draw_images, num_classes, whole_split
from benchmarks.jobs import collect, run_jobs
from benchmarks.networks import SharedTrunk, count_parameters
from benchmarks.tables import mean_and_spread
from keras_modnet import search_ordering
from keras_modnet.layers import FixedRouter
from training.loop import evaluate, fit_model, make_model, train_model

DATA = {
    "mnist": "mnist",
    "fashion": "fashion_mnist",
    "letters": "letters",
    "cifar10": "cifar10",
    "emoji": "emoji/noto",
}
# Not to be had from tensorflow-datasets.
ONLY_ARRAYS = ("emoji",)
STEPS, BANK = 8, 12
MODEL = {"image_shape": (32, 32, 3), "num_steps": STEPS, "width": 32, "patch_size": 4}
BUDGET = {
    "train_images": 3_000,
    "epochs": 5,
    "search_epochs": 3,
    "warm_epochs": 1,
    "batch_size": 32,
    "search_images": 300,
}

INDEPENDENT = "independent networks, 8 blocks each"
HARD_SHARED = "one trunk of 8 blocks, all shared but the heads"
OWN_NORMS = "one trunk of 8 blocks, norms of each task"
RANDOM = "bank of 12 blocks, random orderings (control)"
LEARNED = "bank of 12 blocks, learned orderings"
SEARCHED = "bank of 8 blocks, own norms; after 3 of 5 epochs orderings by coordinate search"
ROWS = (INDEPENDENT, HARD_SHARED, OWN_NORMS, RANDOM, LEARNED, SEARCHED)


def compare(options):
    """Trains every row with every seed; independent networks are one job for each task.

    Args:
        options: `benchmarks.script.Options`.

    Returns:
        Plain data for JSON.
    """
    data = {task: name for task, name in DATA.items() if options.data_dir or task not in ONLY_ARRAYS}
    if options.smoke:
        data = {task: data[task] for task in ("letters", "emoji")}
    common = {"data_dir": options.data_dir, "smoke": options.smoke}
    jobs = []
    for seed in options.seeds:
        for task, name in data.items():
            own = {"name": f"independent_{task}_seed{seed}", "row": INDEPENDENT, "data": {task: name}, "seed": seed}
            jobs.append(own | common)
        for number, row in enumerate(ROWS[1:], start=1):
            jobs.append({"name": f"{number}_seed{seed}", "row": row, "data": data, "seed": seed} | common)
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        del run["data_dir"], run["data"], run["name"]
    return collect(runs, options.command, {"data": data, "model": MODEL, "bank": BANK, **BUDGET})


def run_job(job):
    """Trains one network with one seed; returns accuracies, parameters, orderings and cost."""
    keras.utils.set_random_seed(job["seed"])
    shape, folder, seed = MODEL["image_shape"], job["data_dir"], job["seed"]
    classes = {task: num_classes(name, shape, folder) for task, name in job["data"].items()}
    train = {
        task: draw_images(name, shape, folder, BUDGET["train_images"], 0, seed)[0] for task, name in job["data"].items()
    }
    test = {task: whole_split(name, "test", shape, folder) for task, name in job["data"].items()}
    recipe = _recipe(job)
    start = time.perf_counter()
    if job["row"] == HARD_SHARED:
        size = {key: recipe.model[key] for key in ("width", "patch_size", "image_shape")}
        model = SharedTrunk(classes, FixedRouter(range(recipe.model["num_steps"]), recipe.model["num_blocks"]), **size)
        fit_model(model, recipe, train, seed, verbose=0)
        orderings = {}
    else:
        model = make_model(recipe, seed, classes)
        _train(model, recipe, train, job)
        orderings = {task: list(model.ordering(task).blocks) for task in classes}
    return {
        "seconds": time.perf_counter() - start,
        "accuracy_percent": evaluate(model, test),
        "parameters": count_parameters(model),
        "orderings": orderings,
    }


def _train(model, recipe, train, job):
    seed = job["seed"]
    if job["row"] != SEARCHED:
        train_model(model, recipe, train, seed, verbose=0)
        return
    first = max(round(0.6 * recipe.epochs), 1)
    train_model(model, dataclasses.replace(recipe, epochs=first), train, seed, verbose=0)
    for task, data in train.items():
        found = search_ordering(model, task, data, max_sweeps=2, max_images=BUDGET["search_images"], seed=seed)
        model.set_ordering(task, found.ordering)
    # Other images come first than in the first epochs.
    train_model(model, dataclasses.replace(recipe, epochs=recipe.epochs - first), train, seed + 1000, verbose=0)


def _recipe(job):
    learned = job["row"] == LEARNED
    small = {"width": 4, "num_steps": 3} if job["smoke"] else {}
    model = MODEL | {"num_blocks": BANK if job["row"] in (RANDOM, LEARNED) else STEPS} | small
    steps, blocks = model["num_steps"], model["num_blocks"]
    generator = np.random.default_rng(job["seed"])
    orderings = {}
    for task in job["data"]:
        drawn = generator.integers(0, blocks, steps).tolist()
        orderings[task] = drawn if job["row"] == RANDOM else list(range(steps))
    epochs = 2 if job["smoke"] else BUDGET["epochs"]
    search = 1 if job["smoke"] else BUDGET["search_epochs"]
    return bare_recipe(
        data=job["data"],
        model=model,
        epochs=epochs,
        search_epochs=search if learned else 0,
        warm_epochs=BUDGET["warm_epochs"] if learned and not job["smoke"] else 0,
        orderings={} if learned else orderings,
        batch_size=8 if job["smoke"] else BUDGET["batch_size"],
    )


def table(results):
    """Returns the tables of accuracies and of relative gains as Markdown.

    Args:
        results: what `compare` returned.
    """
    tasks = list(results["setting"]["data"])
    by_row = {row: by_seed(results, row) for row in ROWS}
    total = sum_parameters(results, INDEPENDENT)
    lines = [
        f"| test accuracy, % | {' | '.join(tasks)} | mean | parameters | share of independent |",
        "|---|" + "---:|" * (len(tasks) + 3),
    ]
    for row, accuracies in by_row.items():
        cells = [mean_and_spread([own[task] for own in accuracies]) for task in tasks]
        mean = mean_and_spread([np.mean([own[task] for task in tasks]) for own in accuracies])
        parameters = sum_parameters(results, row)
        lines.append(f"| {row} | {' | '.join(cells)} | {mean} | {parameters:,} | {100 * parameters / total:.1f} % |")
    lines += ["", f"| gain over independent, % of its error | {' | '.join(tasks)} |", "|---|" + "---:|" * len(tasks)]
    for row in ROWS[1:]:
        pairs = list(zip(by_row[row], by_row[INDEPENDENT], strict=True))
        gains = [
            mean_and_spread([100 * (own[task] - alone[task]) / (100 - alone[task]) for own, alone in pairs])
            for task in tasks
        ]
        lines.append(f"| {row} | {' | '.join(gains)} |")
    return "\n".join(lines)


def by_seed(results, row):
    """Returns `[{task: accuracy in percent}]` of a row, one for each seed in order."""
    merged = {}
    for run in results["runs"]:
        if run["row"] == row:
            merged.setdefault(run["seed"], {}).update(run["accuracy_percent"])
    return [merged[seed] for seed in sorted(merged)]


def sum_parameters(results, row):
    """Returns the parameters of a row's networks of one seed together."""
    runs = [run for run in results["runs"] if run["row"] == row]
    return sum(run["parameters"] for run in runs if run["seed"] == runs[0]["seed"])
