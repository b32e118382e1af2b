"""What one job of `benchmarks.search` does: trains one row with one seed."""

import numpy as np

from benchmarks.shared.budgets import bare_recipe, draw_images, whole_split
from keras_modnet import callbacks, refresh_statistics
from training.evaluation import evaluate
from training.loop import fit_model, make_model
from training.recipe import Recipe
from training.stages import search_callbacks
from training.task_data import statistics_batches

DATA, TASK = "fashion_mnist", "fashion"
MODEL = {"image_shape": (28, 28, 1), "num_blocks": 4, "num_steps": 8, "width": 24, "patch_size": 4}
EPOCHS, TRAIN_IMAGES, HELD_OUT_IMAGES = 8, 8_000, 2_000
# Of a row's changes those that are arguments of the model.
ROUTER = ("straight_through", "logits_multiplier", "entropy_weight", "block_use_weight")


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
    history = fit_model(model, recipe, {TASK: train}, seed, used_callbacks=[*searching, *gap])
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
