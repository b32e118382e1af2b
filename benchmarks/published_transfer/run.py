"""The ways of `benchmarks.published_transfer` to learn a new task on the bank of a published network."""

import dataclasses
import time

import keras
import numpy as np

import keras_modnet
from benchmarks.published_transfer.data import IMAGE_SIZE, draw_task
from benchmarks.transfer.data import part
from benchmarks.transfer.low_rank import LowRankTask
from keras_modnet.adaptation.heads.closed_form import start_head
from keras_modnet.adaptation.training import LearningRate
from keras_modnet.data.arrays import ArrayBatches
from keras_modnet.training.optimizers import adamw, jit_compile

_found = {}
TASK, SOURCE = "target", "features"
BATCH_SIZE, WEIGHT_DECAY = 32, 1e-2
# Steps of training where blocks run in each: few images are seen more often. A head alone costs next to nothing.
STEPS = {"5": 60, "20": 60, "100": 120, "full": 240}
HEAD_EPOCHS = 30
SEARCH_SECONDS, SEARCH_IMAGES = 120, 1000
LOW_RANK = {"weight": "project/kernel", "rank": 1}
BANK = ("norm", "head", "bank", "stem")


@dataclasses.dataclass(frozen=True)
class Method:
    """A way to learn a task.

    Attributes:
        group: one of `data.GROUPS`.
        parts: what trains, as `adapt_task` takes it.
        learning_rates: those of which one is chosen on held-out images.
        truncated: whether the best depth is chosen first.
        low_rank: whether kernels of the bank move in few directions, too.
    """

    group: str
    parts: tuple[str, ...]
    learning_rates: tuple[float, ...] = (1e-3,)
    truncated: bool = False
    low_rank: bool = False


PROBE, DEPTH, ORDERING = "linear probe", "linear probe at the best depth", "ordering + head"
NORMS, BOTH, RANKS, FULL = "norms + head", "ordering + norms + head", "low-rank kernels + head", "full fine-tuning"
METHODS = {
    PROBE: Method("heads", ("head",)),
    DEPTH: Method("heads", ("head",), truncated=True),
    ORDERING: Method("orderings", ("ordering", "head")),
    NORMS: Method("few", ("norm", "head"), (1e-3, 3e-4)),
    # At the learning rate of the row above, from the ordering two rows above.
    BOTH: Method("few", ("ordering", "norm", "head")),
    RANKS: Method("few", ("head",), (1e-3, 3e-4), low_rank=True),
    FULL: Method("whole", BANK, (3e-4, 1e-4, 3e-5)),
}


def run_job(job):
    """Learns one task in one way; a job that is held out is tested on a part of its training images.

    Args:
        job: "bank", path of a checkpoint or None for a small bank of random weights; "target", "size", "method",
            "learning_rate", "seed", "steps", "held_out", "data_dir".

    Returns:
        Plain data: accuracy in percent, trained parameters, seconds, multiply-adds, the ordering.
    """
    model = new_model(job["bank"])
    train, test = draw_task(job["target"], job["size"], job["seed"], job["data_dir"], model.image_shape[0])
    if job["held_out"]:
        train, test = part(train, job["seed"])
    return {"train_images": len(train[1]), **learn(model, job, train, test)}


def new_model(bank):
    """Returns the bank of a checkpoint of DINOv2-S at 98 pixels; of None a small one of random weights."""
    if bank is not None:
        return keras_modnet.from_checkpoint(bank, "dinov2_small", image_size=IMAGE_SIZE)
    tasks = {SOURCE: {"num_classes": None, "pooling": "class_token_and_patches"}}
    small = {"num_blocks": 2, "num_steps": 2, "width": 8, "patch_size": 14, "block": "transformer", "norm": "layer"}
    model = keras_modnet.ModNet((28, 28, 3), tasks, **small)
    model.set_ordering(SOURCE, [0, 1])
    return model


def learn(model, job, train, test):
    """Learns the task in one way and tests it."""
    keras.utils.set_random_seed(job["seed"])
    method, classes = METHODS[job["method"]], 1 + int(max(train[1].max(), test[1].max()))
    model.add_task(TASK, classes, init_from=SOURCE, pooling="class_token_and_patches")
    started = time.perf_counter()
    if method.truncated:
        model.set_ordering(TASK, found_ordering(model, train, job, only_truncations=True))
    trained = (_low_rank if method.low_rank else _adapt)(model, method, train, job)
    seconds = time.perf_counter() - started
    logits = model.task(TASK).predict(test[0], batch_size=100, verbose=0)
    return {
        "accuracy_percent": 100 * float((logits.argmax(-1) == test[1]).mean()),
        "trained_parameters": trained,
        "seconds": seconds,
        "macs": model.count_macs(TASK),
        "ordering": list(model.ordering(TASK).blocks),
    }


def _shuffled(train):
    rows = np.random.default_rng(0).permutation(len(train[1]))
    return tuple(values[rows] for values in train)


def _adapt(model, method, train, job):
    of_head = "norm" not in method.parts
    epochs = HEAD_EPOCHS if of_head else _epochs(train, job["steps"])
    options = {"epochs": epochs, "learning_rate": job["learning_rate"], "seed": job["seed"], "verbose": 0}
    options |= {"batch_size": BATCH_SIZE, "weight_decay": WEIGHT_DECAY}
    parts, ordered = method.parts, 0
    if "ordering" in parts:
        model.set_ordering(TASK, found_ordering(model, train, job))
        parts, ordered = parts[1:], model.ordering(TASK).weights.size
    return keras_modnet.adapt_task(model, TASK, train, parts=parts, **options).trained_parameters + ordered


def found_ordering(model, train, job, only_truncations=False):
    """Returns the ordering that `search_edits` finds, which two ways share, and remembers the last one."""
    key = (only_truncations, *(job[name] for name in ("target", "size", "seed", "held_out")))
    if key not in _found:
        _found.clear()
        options = {"seconds": SEARCH_SECONDS, "max_images": SEARCH_IMAGES, "seed": job["seed"]}
        options |= {"only_truncations": only_truncations}
        _found[key] = keras_modnet.search_edits(model, TASK, _shuffled(train), **options)
    return _found[key].ordering


def _low_rank(model, method, train, job):
    batches = ArrayBatches(*train, batch_size=BATCH_SIZE, seed=job["seed"])
    start_head(model, TASK, *_shuffled(train))
    changed, epochs = LowRankTask(model, TASK, **LOW_RANK), _epochs(train, job["steps"])
    optimizer = adamw(job["learning_rate"], WEIGHT_DECAY, changed.trainable_variables)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    changed.compile(optimizer, loss, jit_compile=jit_compile())
    changed.fit(batches, epochs=epochs, callbacks=[LearningRate(job["learning_rate"], epochs)], verbose=0)
    changed.merge()
    return changed.trained_parameters


def _epochs(train, steps):
    return max(1, round(steps / np.ceil(len(train[1]) / BATCH_SIZE)))
