"""The ways of `benchmarks.transfer` to learn a new task, each from the same preset, images and steps of training."""

import dataclasses
import time

import keras
import numpy as np

import keras_modnet
from benchmarks.transfer.data import TARGETS, draw_task, part
from benchmarks.transfer.low_rank import LowRankTask
from keras_modnet.adaptation.tasks.start import STATISTICS_BATCHES, start_head
from keras_modnet.adaptation.training import LearningRate, gather_statistics
from keras_modnet.data.arrays import ArrayBatches
from keras_modnet.training.optimizers import adamw, jit_compile

TASK = "target"
BATCH_SIZE = 50
# Steps of training: few images are seen more often. Every method makes as many.
STEPS = {"5": 200, "20": 200, "100": 300, "full": 400}
WEIGHT_DECAY = 1e-2
LOW_RANK = {"weight": "conv1/kernel", "rank": 1}
BANK = ("norm", "head", "bank", "stem")


@dataclasses.dataclass(frozen=True)
class Method:
    """A way to learn a task.

    Attributes:
        parts: what trains, as `adapt_task` takes it.
        learning_rates: those of which one is chosen on held-out images.
        low_rank: whether kernels of the bank move in few directions, too.
        scratch: whether the network starts at random weights.
    """

    parts: tuple[str, ...]
    learning_rates: tuple[float, ...] = (1e-2, 2e-3)
    low_rank: bool = False
    scratch: bool = False


PROBE, ORDERING, NORMS, FULL = "linear probe", "ordering + head", "ordering + norms + head", "full fine-tuning"
METHODS = {
    PROBE: Method(("head",)),
    "statistics + head (control)": Method(("statistics", "head")),
    ORDERING: Method(("ordering", "statistics", "head")),
    "norms + head": Method(("norm", "head")),
    NORMS: Method(("ordering", "norm", "head")),
    "low-rank kernels + head": Method(("statistics", "head"), low_rank=True),
    FULL: Method(BANK, (5e-3, 1e-3)),
    "from scratch": Method(BANK, (5e-3, 1e-3), scratch=True),
}


def run_job(job):
    """Learns one task in one way; a job that is held out is tested on a part of its training images."""
    target = TARGETS[job["target"]]
    shape = _image_shape(target.preset)
    train, test = draw_task(job["target"], job["size"], job["seed"], shape, job["data_dir"])
    if job["held_out"]:
        train, test = part(train, job["seed"])
    return {"train_images": len(train[1]), **learn(job, train, test)}


def _image_shape(preset):
    return keras_modnet.from_preset(preset, load_weights=False).image_shape


def learn(job, train, test):
    """Learns the task in one way and tests it.

    Args:
        job: `{"target", "method", "size", "learning_rate", "seed", "steps"}`.
        train: images and labels.
        test: likewise.

    Returns:
        Plain data: accuracy in percent, trained parameters, seconds of training, ordering.
    """
    keras.utils.set_random_seed(job["seed"])
    target, method = TARGETS[job["target"]], METHODS[job["method"]]
    classes = 1 + int(max(train[1].max(), test[1].max()))
    model = new_model(target, classes, method.scratch)
    started = time.perf_counter()
    way = _low_rank if method.low_rank else _adapt
    trained = way(model, method, train, job)
    seconds = time.perf_counter() - started
    logits = model.task(TASK).predict(test[0], batch_size=500, verbose=0)
    return {
        "accuracy_percent": 100 * float((logits.argmax(-1) == test[1]).mean()),
        "trained_parameters": trained,
        "seconds": seconds,
        "ordering": list(model.ordering(TASK).blocks),
    }


def new_model(target, num_classes, scratch):
    """Returns the target's preset with a new task on its source's ordering and norms; from scratch on its ordering."""
    model = keras_modnet.from_preset(target.preset)
    if scratch:
        blocks = model.ordering(target.source).blocks
        model = keras_modnet.from_preset(target.preset, load_weights=False)
        model.set_ordering(target.source, list(blocks))
    model.add_task(TASK, num_classes, init_from=target.source)
    return model


def _adapt(model, method, train, job):
    options = {"epochs": _epochs(train, job["steps"]), "learning_rate": job["learning_rate"], "seed": job["seed"]}
    options |= {"batch_size": BATCH_SIZE, "weight_decay": WEIGHT_DECAY, "verbose": 0}
    # By name, since few images are not searched by default.
    options |= {"search": "coordinate"} if "ordering" in method.parts else {}
    return keras_modnet.adapt_task(model, TASK, train, parts=method.parts, **options).trained_parameters


def _low_rank(model, method, train, job):
    batches = ArrayBatches(*train, batch_size=BATCH_SIZE, seed=job["seed"])
    gather_statistics(model, TASK, ("statistics",), batches, STATISTICS_BATCHES)
    start_head(model, TASK, ("head",), batches)
    changed, epochs = LowRankTask(model, TASK, **LOW_RANK), _epochs(train, job["steps"])
    optimizer = adamw(job["learning_rate"], WEIGHT_DECAY, changed.trainable_variables)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    changed.compile(optimizer, loss, jit_compile=jit_compile())
    changed.fit(batches, epochs=epochs, callbacks=[LearningRate(job["learning_rate"], epochs)], verbose=0)
    changed.merge()
    gather_statistics(model, TASK, ("statistics", "head"), batches, STATISTICS_BATCHES)
    return changed.trained_parameters


def _epochs(train, steps):
    return max(1, round(steps / np.ceil(len(train[1]) / BATCH_SIZE)))
