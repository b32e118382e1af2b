"""What one job of `benchmarks.organisation` does: trains one bank on all tasks."""

import time

from benchmarks.organisation.data import DATA, GROUPS, IMAGE_SHAPE, TRAIN_IMAGES, read_task
from benchmarks.shared.budgets import bare_recipe
from keras_modnet import Ordering
from training.evaluation import evaluate
from training.loop import make_model, train_model

NUM_BLOCKS = 8
MODEL = {"image_shape": IMAGE_SHAPE, "num_blocks": NUM_BLOCKS, "num_steps": 8, "width": 32, "patch_size": 4}
BUDGET = {"train_images": TRAIN_IMAGES, "epochs": 4, "search_epochs": 2, "batch_size": 16}


def run_job(job):
    """Trains one bank on all tasks; returns orderings and accuracies."""
    names = [name for group in GROUPS.values() for name in group]
    if job["smoke"]:
        names = ["mnist", "noto", "twemoji"]
    data = {task: read_task(task, job["seed"], job["data_dir"]) for task in names}
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
    train_model(model, recipe, {task: own["train"] for task, own in data.items()}, job["seed"])
    return {
        "seconds": time.perf_counter() - start,
        "accuracy_percent": evaluate(model, {task: own["test"] for task, own in data.items()}),
        "orderings": {task: list(model.ordering(task).blocks) for task in names},
    }


def orderings_of(run):
    """Returns `{task: Ordering}` of what `run_job` returned."""
    return {task: Ordering.from_blocks(blocks, NUM_BLOCKS) for task, blocks in run["orderings"].items()}
