"""What one job of `benchmarks.reuse` does: trains one row with one seed on one data set."""

import time

import keras

from benchmarks.reuse.training import FEW, MANY, TASK, Trainer
from benchmarks.shared.budgets import draw_images, num_classes, whole_split
from benchmarks.shared.networks import SharedTrunk, count_parameters
from keras_modnet.layers import register_block
from keras_modnet.layers.stages import Activation, Conv, StepNorm
from training.evaluation import evaluate

ONE_CONVOLUTION = "one_convolution"
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


def _one_convolution(width):
    return StepNorm("norm", width), Activation("relu"), Conv("conv", width, width, 3)


register_block(ONE_CONVOLUTION, _one_convolution, output_activation="relu")


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
