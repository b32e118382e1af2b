"""The rows of `benchmarks.reuse`: a few blocks in many orders, beside the same blocks once and as many as steps."""

import time

import keras

from benchmarks.budgets import draw_images, num_classes, whole_split
from benchmarks.jobs import collect, run_jobs
from benchmarks.networks import ONE_CONVOLUTION, SharedTrunk, count_parameters
from benchmarks.reuse_training import FEW, MANY, TASK, Trainer
from benchmarks.tables import mean_and_spread
from training.loop import evaluate

ACCURACIES = ("accuracy_percent", "train_accuracy_percent")
# Cells: one with every row, where images are small and blocks narrow; wider blocks on the same map; many classes; and
# blocks of one convolution on a finer map, of which a few see but a part of the image.
GRID = {
    "CIFAR-10 at 16 x 16 pixels, map of 8 x 8, width 16": {
        "data": "cifar10",
        "network": {"image_shape": (16, 16, 3), "width": 16, "patch_size": 2},
        "budget": {"train_images": 10_000, "epochs": 8},
        "rows": "all",
    },
    "CIFAR-10 at 32 x 32 pixels, map of 8 x 8, width 32": {
        "data": "cifar10",
        "network": {"image_shape": (32, 32, 3), "width": 32, "patch_size": 4},
        "budget": {"train_images": 5_000, "epochs": 8},
        "rows": "three",
    },
    "Tiny-ImageNet at 32 x 32 pixels, map of 8 x 8, width 32": {
        "data": "tiny_imagenet",
        "network": {"image_shape": (32, 32, 3), "width": 32, "patch_size": 4},
        "budget": {"train_images": 10_000, "epochs": 4},
        "rows": "three",
    },
    "CIFAR-10 at 32 x 32 pixels, map of 16 x 16, width 16, blocks of one convolution": {
        "data": "cifar10",
        "network": {"image_shape": (32, 32, 3), "width": 16, "patch_size": 2, "block": ONE_CONVOLUTION},
        "budget": {"train_images": 20_000, "epochs": 8},
        "rows": "five",
    },
}
BUDGET = {
    "held_out_images": 1_000,
    "batch_size": 64,
    "learning_rate": 6e-3,
    # Of the epochs: how many train each block once before a network grows; how many train the cycle before the first
    # draw, how many draw.
    "grow_after": 0.5,
    "warm": 0.15,
    "search": 0.25,
    "warm_confidence": 0.7,
    "temperatures": (1.0, 0.3),
}

ONCE = f"{FEW} blocks, each once"
ONCE_LONGER = f"{ONCE}, trained for as many multiply-adds as {MANY} steps"
ROW_GROWN = f"{FEW} blocks, grown to each in a row"
DRAWN = f"{FEW} blocks, learned ordering of {MANY} steps, drawn in training"
SEARCHED = f"{FEW} blocks, grown to a learned ordering, by coordinate search"
MIXED = f"{FEW} blocks, learned mixture of kernels in each of {MANY} steps"
DIFFERENT = f"{MANY} different blocks"
AVERAGED = f"{FEW} blocks that start as means of {MANY} trained ones, in a row, trained again"
# Which order the blocks run in, and whether they ran once for the first half of the epochs.
ROWS = {
    ONCE: {"order": "once"},
    ONCE_LONGER: {"order": "once", "longer": True},
    f"{FEW} blocks in a cycle of {MANY} steps": {"order": "cycle"},
    f"{FEW} blocks, each {MANY // FEW} times in a row": {"order": "row"},
    f"{FEW} blocks in random order, {MANY} steps": {"order": "random"},
    DRAWN: {"order": "learned"},
    ROW_GROWN: {"order": "row", "grown": True},
    SEARCHED: {"order": "coordinate", "grown": True},
    MIXED: {"order": "mixture"},
    AVERAGED: {"order": "averaged"},
    DIFFERENT: {"order": "different"},
}

SUBSETS = {
    "all": list(ROWS),
    "three": [ONCE, ROW_GROWN, DIFFERENT],
    "five": [ONCE, ONCE_LONGER, ROW_GROWN, SEARCHED, DIFFERENT],
}


def compare(options):
    """Trains every row with every seed on every data set.

    Args:
        options: `benchmarks.script.Options`.

    Returns:
        Plain data for JSON.
    """
    jobs = []
    for index, (cell, own) in enumerate(GRID.items()):
        if options.smoke and index > 0:
            break
        rows = [SEARCHED, DRAWN, MIXED, AVERAGED] if options.smoke else SUBSETS[own["rows"]]
        for seed in options.seeds:
            for row in rows:
                name = f"{index}_{list(ROWS).index(row):02d}_seed{seed}"
                jobs.append({"name": name, "cell": cell, "row": row, "seed": seed} | own | _common(options))
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        for key in ("data_dir", "name", "network", "budget", "rows", "smoke"):
            del run[key]
    return collect(runs, options.command, {"grid": GRID, "few": FEW, "many": MANY, **BUDGET})


def _common(options):
    return {"data_dir": options.data_dir, "smoke": options.smoke}


def run_job(job):
    """Trains one row with one seed; returns accuracy, parameters, multiply-adds, cost and the ordering."""
    keras.utils.set_random_seed(job["seed"])
    budget, network = BUDGET | job["budget"], job["network"]
    if job["smoke"]:
        budget, network = budget | {"epochs": 4, "batch_size": 8}, network | {"image_shape": (8, 8, 3), "width": 4}
    shape, folder, name = tuple(network["image_shape"]), job["data_dir"], job["data"]
    sizes = budget["train_images"], budget["held_out_images"]
    train, held_out = draw_images(name, shape, folder, *sizes, job["seed"])
    classes = {TASK: num_classes(name, shape, folder)}
    trainer = Trainer(job | {"network": network}, budget, classes, {TASK: train}, held_out)
    start = time.perf_counter()
    model = trainer.train(**ROWS[job["row"]])
    seconds = time.perf_counter() - start
    ordering = [] if isinstance(model, SharedTrunk) else list(model.ordering(TASK).blocks)
    return {
        "accuracy_percent": evaluate(model, {TASK: whole_split(name, "test", shape, folder)})[TASK],
        "train_accuracy_percent": 100 * trainer.history["accuracy"][-1],
        "gap_at_search_end": trainer.gap,
        "parameters": count_parameters(model),
        "macs": model.macs if isinstance(model, SharedTrunk) else model.count_macs(TASK),
        "training_teramacs": trainer.macs / 1e12,
        "seconds": seconds,
        "ordering": ordering,
    }


def table(results):
    """Returns one table for each data set as Markdown.

    Args:
        results: what `compare` returned.
    """
    tables = []
    for cell in dict.fromkeys(run["cell"] for run in results["runs"]):
        lines = [
            f"| {cell} | test accuracy, % | train accuracy, % | parameters | million multiply-adds "
            "| training, tera multiply-adds | orderings |",
            "|---|---:|---:|---:|---:|---:|---|",
        ]
        done = {run["row"] for run in results["runs"] if run["cell"] == cell}
        for row in (row for row in ROWS if row in done):
            own = [run for run in results["runs"] if (run["cell"], run["row"]) == (cell, row)]
            accuracies = [mean_and_spread([run[key] for run in own]) for key in ACCURACIES]
            cost = f"{own[0]['parameters']:,} | {own[0]['macs'] / 1e6:.2f} | {own[0]['training_teramacs']:.2f}"
            orderings = ", ".join(dict.fromkeys("".join(map(str, run["ordering"])) for run in own))
            lines.append(f"| {row} | {' | '.join(accuracies)} | {cost} | {orderings} |")
        tables.append("\n".join(lines))
    return "\n\n".join(tables)
