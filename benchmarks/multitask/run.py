"""What one job of `benchmarks.multitask` does: trains one row, or one independent network, with one seed."""

import dataclasses
import time

import keras
import numpy as np

from benchmarks.shared.budgets import bare_recipe, draw_images, num_classes, whole_split
from benchmarks.shared.networks import SharedTrunk, count_parameters
from keras_modnet import search_ordering
from keras_modnet.layers import FixedRouter
from training.evaluation import evaluate
from training.loop import fit_model, make_model, train_model

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
        fit_model(model, recipe, train, seed)
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
        train_model(model, recipe, train, seed)
        return
    first = max(round(0.6 * recipe.epochs), 1)
    train_model(model, dataclasses.replace(recipe, epochs=first), train, seed)
    for task, data in train.items():
        found = search_ordering(model, task, data, max_sweeps=2, max_images=BUDGET["search_images"], seed=seed)
        model.set_ordering(task, found.ordering)
    # Other images come first than in the first epochs.
    train_model(model, dataclasses.replace(recipe, epochs=recipe.epochs - first), train, seed + 1000)


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
