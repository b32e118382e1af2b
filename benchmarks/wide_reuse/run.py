"""What one job of `benchmarks.wide_reuse` does: trains one network with one seed."""

import keras

from benchmarks.shared.budgets import bare_recipe, whole_split
from benchmarks.shared.networks import count_parameters
from training.evaluation import evaluate
from training.loop import train

TASK, DATA = "cifar10", "cifar10"
NETWORK = {"image_shape": (32, 32, 3), "resizing": "pad", "patch_size": 4, "stem_convolutions": 2, "norm": "batch"}
BUDGET = {
    "epochs": 30,
    "batch_size": 128,
    "learning_rate": 3e-3,
    "weight_decay": 0.05,
    "augmentation": "crop_flip",
    "grow_after": 0.5,
}
SMOKE = {"epochs": 2, "batch_size": 8, "augmentation": "none"}
SMOKE_NETWORK = {"image_shape": (8, 8, 3), "width": 8}


def run_job(job):
    """Trains a network; returns accuracy, parameters, multiply-adds and cost."""
    # Graphs of the jobs before it.
    keras.backend.clear_session()
    recipe = _recipe(job)
    shape, folder = tuple(recipe.model["image_shape"]), job["data_dir"]
    images, labels = whole_split(DATA, "train", shape, folder)
    model, log = train(recipe, {TASK: (images, labels)}, job["seed"])
    return {
        "accuracy_percent": evaluate(model, {TASK: whole_split(DATA, "test", shape, folder)})[TASK],
        "train_accuracy_percent": 100 * log["history"]["accuracy"][-1],
        "loss_by_epoch": log["history"]["loss"],
        "parameters": count_parameters(model),
        "macs": model.count_macs(TASK),
        "training_teramacs": _images_seen(recipe, len(labels)) * _mean_macs(model, recipe) / 1e12,
        "seconds": log["seconds"],
    }


def _recipe(job):
    budget = BUDGET | (SMOKE if job["smoke"] else {})
    network = NETWORK | {"width": job["width"]} | (SMOKE_NETWORK if job["smoke"] else {})
    blocks = [block for block in range(job["blocks"]) for _ in range(job["runs"])]
    network |= {"num_blocks": job["blocks"], "num_steps": len(blocks)}
    own = {"epochs": budget["epochs"] * job["longer"], "grow_after": budget["grow_after"] if job["grown"] else None}
    fixed = {"search_epochs": 0, "orderings": {TASK: blocks}}
    return bare_recipe(data={TASK: DATA}, model=network, **fixed, **(budget | own))


def _images_seen(recipe, images):
    return recipe.epochs * -(-images // recipe.batch_size) * recipe.batch_size


def _mean_macs(model, recipe):
    """Returns the multiply-adds of an image, mean over the epochs: a network that grows has been shallow before."""
    whole, share = model.count_macs(TASK), recipe.short_epochs / recipe.epochs
    steps = model.ordering(TASK).num_steps
    shallow = len(set(model.ordering(TASK).blocks))
    head = model.task_layers[TASK].num_classes * recipe.model["width"]
    stem = model.stem.macs()
    short = stem + head + (whole - stem - head) * shallow / steps
    return share * short + (1 - share) * whole
