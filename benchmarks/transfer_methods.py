"""The ways of `benchmarks.transfer` to learn a new task, each from the same preset, images and steps of training."""

import dataclasses
import time

import keras
import numpy as np

import keras_modnet
from benchmarks.low_rank import LowRankTask
from benchmarks.transfer_data import TARGETS
from keras_modnet.adaptation import phases
from keras_modnet.training.arrays import ArrayBatches

TASK = "target"
BATCH_SIZE = 50
# Steps of training: few images are seen more often. Every method makes as many.
STEPS = {"5": 200, "20": 200, "100": 300, "full": 400}
STATISTICS_BATCHES = 40
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
    with model.use_task(TASK):
        logits = model.predict(test[0], batch_size=500, verbose=0)
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
    options |= {"batch_size": BATCH_SIZE, "statistics_batches": STATISTICS_BATCHES, "verbose": 0}
    return keras_modnet.adapt_task(model, TASK, train, parts=method.parts, **options).trained_parameters


def _low_rank(model, method, train, job):
    batches = ArrayBatches(*train, batch_size=BATCH_SIZE, seed=job["seed"])
    phases.settle_statistics(model, TASK, ("statistics", "head"), batches, STATISTICS_BATCHES)
    phases.start_head(model, TASK, ("head",), batches, STATISTICS_BATCHES)
    changed, epochs = LowRankTask(model, TASK, **LOW_RANK), _epochs(train, job["steps"])
    phases.compile_for(changed, job["learning_rate"], 1e-2)
    phases.fit(changed, batches, None, epochs, [phases.cooling(job["learning_rate"], epochs)], 0)
    changed.merge()
    phases.settle_statistics(model, TASK, ("statistics", "head"), batches, STATISTICS_BATCHES)
    return changed.trained_parameters


def _epochs(train, steps):
    return max(1, round(steps / np.ceil(len(train[1]) / BATCH_SIZE)))
