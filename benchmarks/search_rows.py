"""The rows of `benchmarks.search`: a fixed cycle, the naive search, and what makes a search sound, part by part."""

import numpy as np

from benchmarks.budgets import bare_recipe, draw_images, whole_split
from benchmarks.jobs import collect, run_jobs
from benchmarks.tables import mean_and_spread
from keras_modnet import callbacks, refresh_statistics
from training.loop import evaluate, fit_model, make_model, search_callbacks, statistics_batches
from training.recipe import Recipe

DATA, TASK = "fashion_mnist", "fashion"
MODEL = {"image_shape": (28, 28, 1), "num_blocks": 4, "num_steps": 8, "width": 24, "patch_size": 4}
EPOCHS, TRAIN_IMAGES, HELD_OUT_IMAGES = 8, 8_000, 2_000

# What each row changes.
NAIVE = {
    "search_epochs": EPOCHS - 1,
    "hardens": False,
    "straight_through": True,
    "temperatures": (1.0, 1.0),
    "logits_multiplier": 1.0,
}
SOUND = {"search_epochs": 3, "logits_multiplier": 20.0}
ROWS = {
    "fixed cycle (control)": {"search_epochs": 0},
    "random fixed ordering (control)": {"search_epochs": 0, "random": True},
    "naive: straight-through, never hardened": NAIVE | {"refresh": False},
    "naive, statistics gathered anew": NAIVE,
    "relaxed, annealed, never hardened": SOUND | {"search_epochs": EPOCHS - 1, "hardens": False},
    "annealed, hardened after 3 epochs": SOUND,
    "... straight-through": SOUND | {"straight_through": True},
    "... not annealed": SOUND | {"temperatures": (1.0, 1.0)},
    "... logits learn as kernels do": SOUND | {"logits_multiplier": 1.0},
    "... logits learn 60 times as fast": SOUND | {"logits_multiplier": 60.0},
    "... warm start of 1 epoch": SOUND | {"warm_epochs": 1},
    "... warm start, draws begin near the cycle": SOUND | {"warm_epochs": 1, "warm_confidence": 0.5},
    "... entropy loss 0.1": SOUND | {"entropy_weight": 0.1},
    "... block-use loss 0.1": SOUND | {"block_use_weight": 0.1},
}
GAPS = ("gap_at_search_end", "gap_at_end")
ROUTER = ("straight_through", "logits_multiplier", "entropy_weight", "block_use_weight")


def compare(options):
    """Trains every row with every seed.

    Args:
        options: `benchmarks.script.Options`.

    Returns:
        Plain data for JSON.
    """
    rows = list(ROWS)[:5] if options.smoke else list(ROWS)
    jobs = [
        {
            "name": f"{number:02d}_seed{seed}",
            "row": row,
            "seed": seed,
            "change": ROWS[row],
            "data_dir": options.data_dir,
            "smoke": options.smoke,
        }
        for number, row in enumerate(rows)
        for seed in options.seeds
    ]
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        del run["data_dir"], run["change"]
    setting = {"data": DATA, "train_images": TRAIN_IMAGES, "epochs": EPOCHS, "model": MODEL, "rows": ROWS}
    return collect(runs, options.command, setting)


def run_job(job):
    """Trains one row with one seed; returns accuracies, the soft-hard gap and the ordering."""
    change, seed = dict(job["change"]), job["seed"]
    recipe, train, held_out, test = _prepare(job, change)
    model = make_model(recipe, seed)
    searching = [
        callback
        for callback in search_callbacks(recipe)
        if change.get("hardens", True) or not isinstance(callback, callbacks.Harden)
    ]
    gap = [callbacks.SoftHardGap(TASK, *held_out)] if searching else []
    history = fit_model(model, recipe, {TASK: train}, seed, used_callbacks=[*searching, *gap], verbose=0)
    if change.get("refresh", True):
        refresh_statistics(model, TASK, statistics_batches(train[0], recipe.statistics_batches, seed))
    gaps = history.get("soft_hard_gap", [0.0])
    return {
        "accuracy_percent": evaluate(model, {TASK: test})[TASK],
        "gap_at_search_end": gaps[max(recipe.search_epochs - 1, 0)],
        "gap_at_end": gaps[-1],
        "ordering": list(model.ordering(TASK).blocks),
        "loss": history["loss"],
    }


def _prepare(job, change):
    """Returns recipe, training images, held-out images and test images of a job."""
    model = MODEL | {"width": 4, "num_steps": 4} if job["smoke"] else MODEL
    model = model | {key: change[key] for key in ROUTER if key in change}
    epochs = 2 if job["smoke"] else EPOCHS
    search = min(change["search_epochs"], epochs - 1)
    fixed = {}
    if change["search_epochs"] == 0:
        steps, blocks = model["num_steps"], model["num_blocks"]
        drawn = np.random.default_rng(job["seed"]).integers(0, blocks, steps).tolist()
        fixed = {TASK: drawn if change.get("random") else [step % blocks for step in range(steps)]}
    recipe = bare_recipe(
        data={TASK: DATA},
        model=model,
        epochs=epochs,
        search_epochs=search,
        warm_epochs=min(change.get("warm_epochs", 0), max(search - 1, 0)),
        warm_confidence=change.get("warm_confidence"),
        orderings=fixed,
        batch_size=8 if job["smoke"] else 64,
        temperatures=change.get("temperatures", Recipe.temperatures),
    )
    shape, folder = model["image_shape"], job["data_dir"]
    train, held_out = draw_images(DATA, shape, folder, TRAIN_IMAGES, HELD_OUT_IMAGES, job["seed"])
    return recipe, train, held_out, whole_split(DATA, "test", tuple(shape), folder)


def table(results):
    """Returns the table as Markdown.

    Args:
        results: what `compare` returned.
    """
    lines = [
        "| search | test accuracy, % | soft-hard gap where the search ends, points | at the end | orderings |",
        "|---|---:|---:|---:|---|",
    ]
    for row in dict.fromkeys(run["row"] for run in results["runs"]):
        own = [run for run in results["runs"] if run["row"] == row]
        cells = [mean_and_spread([run[key] for run in own]) for key in ("accuracy_percent", *GAPS)]
        orderings = ", ".join("".join(map(str, run["ordering"])) for run in own)
        lines.append(f"| {row} | {' | '.join(cells)} | {orderings} |")
    return "\n".join(lines)
