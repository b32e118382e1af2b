"""The rows of `benchmarks.organisation`: one bank for each seed, the orderings of its tasks, their similarity."""

import dataclasses
import time

import numpy as np
from absl import app

from benchmarks.budgets import bare_recipe, draw_images, whole_split
from benchmarks.demo_task import digits
from benchmarks.jobs import collect, run_jobs
from benchmarks.tables import mean_and_spread
from keras_modnet import Ordering
from keras_modnet.analysis import block_use_overlap, ordering_distances, plot_organisation, relatedness_test
from training.data import to_shape
from training.loop import evaluate, make_model, train_model

GROUPS = {
    "digits": ("mnist", "optdigits"),
    "emoji": ("noto", "twemoji", "fluent", "fluent_flat"),
    "letters": ("letters",),
    "garments": ("fashion",),
}
DATA = {
    "mnist": "mnist",
    "optdigits": "sklearn",
    "noto": "emoji/noto",
    "twemoji": "emoji/twemoji",
    "fluent": "emoji/fluent",
    "fluent_flat": "emoji/fluent_flat",
    "letters": "letters",
    "fashion": "fashion_mnist",
}
NUM_BLOCKS = 8
MODEL = {"image_shape": (32, 32, 3), "num_blocks": NUM_BLOCKS, "num_steps": 8, "width": 32, "patch_size": 4}
BUDGET = {"train_images": 3_000, "epochs": 4, "search_epochs": 2, "batch_size": 16}
# Of the 1,797 small digits; the rest is for the test.
OPTDIGITS_TRAIN = 1_200


def compare(options):
    """Trains one bank for each seed and tests how its orderings group.

    Args:
        options: `benchmarks.script.Options`.

    Returns:
        Plain data for JSON.
    """
    if options.data_dir is None:
        raise app.UsageError("--data_dir is needed: the emoji styles are no tensorflow-datasets")
    common = {"data_dir": options.data_dir, "smoke": options.smoke}
    jobs = [{"name": f"seed{seed}", "seed": seed} | common for seed in options.seeds]
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        del run["data_dir"], run["name"]
    setting = {"data": DATA, "groups": GROUPS, "model": MODEL, **BUDGET}
    return collect(runs, options.command, setting) | {"tests": _tests(runs)}


def run_job(job):
    """Trains one bank on all tasks; returns orderings and accuracies."""
    names = [name for group in GROUPS.values() for name in group]
    if job["smoke"]:
        names = ["mnist", "noto", "twemoji"]
    data = {task: _arrays(task, job) for task in names}
    classes = {task: 1 + int(max(own["train"][1].max(), own["test"][1].max())) for task, own in data.items()}
    recipe = bare_recipe(
        data={task: DATA[task] for task in names},
        model=MODEL | ({"width": 4, "num_steps": 3} if job["smoke"] else {}),
        epochs=2 if job["smoke"] else BUDGET["epochs"],
        search_epochs=1 if job["smoke"] else BUDGET["search_epochs"],
        batch_size=8 if job["smoke"] else BUDGET["batch_size"],
    )
    start = time.perf_counter()
    model = make_model(recipe, job["seed"], classes)
    train_model(model, recipe, {task: own["train"] for task, own in data.items()}, job["seed"], verbose=0)
    return {
        "seconds": time.perf_counter() - start,
        "accuracy_percent": evaluate(model, {task: own["test"] for task, own in data.items()}),
        "orderings": {task: list(model.ordering(task).blocks) for task in names},
    }


def _arrays(task, job):
    """Returns `{"train": (images, labels), "test": ...}` of a task."""
    shape = MODEL["image_shape"]
    if DATA[task] == "sklearn":
        images, labels = digits()
        rows = np.random.default_rng(job["seed"]).permutation(len(images))
        parts = {"train": rows[:OPTDIGITS_TRAIN], "test": rows[OPTDIGITS_TRAIN:]}
        return {split: (to_shape(images[own], shape), labels[own]) for split, own in parts.items()}
    folder = job["data_dir"]
    train, _ = draw_images(DATA[task], shape, folder, BUDGET["train_images"], 0, job["seed"])
    return {"train": train, "test": whole_split(DATA[task], "test", shape, folder)}


def _tests(runs):
    """Returns, for both similarities, related against unrelated pairs over all seeds, as plain data."""
    names = list(runs[0]["orderings"])
    related = [[names.index(task) for task in group if task in names] for group in GROUPS.values()]
    tests = {}
    for similarity, function in (("equal steps", _equal_steps), ("block use", block_use_overlap)):
        matrices = np.array([function(list(_orderings(run).values())) for run in runs])
        own = relatedness_test(matrices, [group for group in related if group])
        tests[similarity] = dataclasses.asdict(own)
    return tests


def _equal_steps(orderings):
    return 1 - ordering_distances(orderings)


def _orderings(run):
    return {task: Ordering.from_blocks(blocks, NUM_BLOCKS) for task, blocks in run["orderings"].items()}


def draw(results, path):
    """Draws the orderings, their similarity and chance.

    Args:
        results: what `compare` returned.
        path: file to write.
    """
    runs = results["runs"]
    groups = {name: [task for task in tasks if task in runs[0]["orderings"]] for name, tasks in GROUPS.items()}
    plot_organisation([_orderings(run) for run in runs], path, {name: own for name, own in groups.items() if own})


def table(results):
    """Returns the tables of similarity and of accuracy as Markdown.

    Args:
        results: what `compare` returned.
    """
    lines = [
        "| similarity of orderings | related tasks | unrelated tasks | difference | p, tasks grouped at random |",
        "|---|---:|---:|---:|---:|",
    ]
    for similarity, test in results["tests"].items():
        means = " | ".join(f"{100 * test[key]:.1f} %" for key in ("related", "unrelated", "difference"))
        lines.append(f"| {similarity} | {means} | {test['p_value']:.4f} |")
    tasks = list(results["runs"][0]["orderings"])
    accuracies = [mean_and_spread([run["accuracy_percent"][task] for run in results["runs"]]) for task in tasks]
    lines += ["", f"| | {' | '.join(tasks)} |", "|---|" + "---:|" * len(tasks)]
    lines.append(f"| test accuracy, % | {' | '.join(accuracies)} |")
    for run in results["runs"]:
        own = ["".join(map(str, run["orderings"][task])) for task in tasks]
        lines.append(f"| ordering, seed {run['seed']} | {' | '.join(own)} |")
    return "\n".join(lines)
