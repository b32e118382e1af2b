"""What one job of `benchmarks.edits` does: chooses the best edit on held-out images, applies it, tests it."""

import keras
import numpy as np

import keras_modnet
from benchmarks.shared.budgets import whole_split
from benchmarks.shared.digits_task import PRESET, TASK
from benchmarks.shared.optdigits import digits
from training.data import load, to_shape

OWN = "its own ordering, as trained"
MOVED = "{}, as trained, on the images of optdigits"
TAKEN = "statistics and head of a new task, optdigits, on the ordering of {}"
NAMES = {OWN: "own", MOVED: "moved", TAKEN: "taken"}
SIZES = {"statistics": 400, "held_out": 500}
# Of the 1,797 small digits: to train the head and gather statistics, to choose the edit, and the rest to test.
NEW_TASK = {"train": 400, "held_out": 500}


def run_job(job):
    """Suggests edits on held-out images, applies the best one, tests before and after."""
    keras.utils.set_random_seed(job["seed"])
    prepare = {OWN: _own_task, MOVED: _moved_task, TAKEN: _new_task}
    model, task, statistics, held_out, test = prepare[job["case"]](job)
    if job["smoke"]:
        statistics, held_out = statistics[:10], (held_out[0][:10], held_out[1][:10])
    # The control: the same statistics, gathered anew for the ordering as it is.
    before = accuracy(model, task, test)
    batches = [statistics[start : start + 500] for start in range(0, len(statistics), 500)]
    keras_modnet.refresh_statistics(model, task, batches)
    refreshed = accuracy(model, task, test)
    kinds = ("remove",) if job["smoke"] else ("repeat", "insert", "remove", "swap")
    edits = keras_modnet.suggest_edits(model, task, held_out, statistics=statistics, kinds=kinds)
    best = edits.best()
    model.set_ordering(task, best.ordering)
    keras_modnet.refresh_statistics(model, task, batches)
    return {
        "test_before": before,
        "test_refreshed": refreshed,
        "test_after": accuracy(model, task, test),
        "held_out_change": best.accuracy_change,
        "standard_error": best.standard_error,
        "edit": f"{best.kind}({', '.join(str(v) for v in (best.step, best.other) if v is not None)})",
        "num_edits": len(edits) - 1,
        "ordering_before": list(edits[0].ordering.blocks),
        "ordering_after": list(best.ordering.blocks),
        "macs": {"before": edits[0].macs, "after": best.macs},
        "milliseconds": {"before": edits[0].milliseconds, "after": best.milliseconds},
    }


def _own_task(job):
    """A task of the preset; its test set is parted into images to choose on and images to report on."""
    model, task = keras_modnet.from_preset(PRESET), job["task"]
    images, labels = whole_split(task, "test", model.image_shape, job["data_dir"])
    rows = np.random.default_rng(job["seed"]).permutation(len(images))
    chosen, rest = rows[: len(rows) // 4][: SIZES["held_out"]], rows[len(rows) // 4 :]
    training = load(task, "train", job["data_dir"])[0]
    # Drawn, since neighbours in a file may be letters of one word.
    drawn = np.random.default_rng(job["seed"]).permutation(len(training))[: SIZES["statistics"]]
    statistics = to_shape(training[drawn], model.image_shape)
    return model, task, statistics, (images[chosen], labels[chosen]), (images[rest], labels[rest])


def _moved_task(job):
    """A task of digits as it is, on digits of another source: nothing has learned from these."""
    train, held_out, test = _parted_digits(job["seed"])
    return keras_modnet.from_preset(PRESET), job["task"], train[0], held_out, test


def _parted_digits(seed):
    images, labels = digits()
    rows = np.random.default_rng(seed).permutation(len(images))
    ends = np.cumsum(list(NEW_TASK.values()))
    return [(images[own], labels[own]) for own in np.split(rows, ends)]


def _new_task(job):
    """The demo's task on the ordering and norms of another one; only statistics and head have learned."""
    train, held_out, test = _parted_digits(job["seed"])
    model = keras_modnet.from_preset(PRESET)
    model.add_task(TASK, num_classes=10, init_from=job["task"])
    keras_modnet.adapt_task(
        model,
        TASK,
        train,
        parts=("statistics", "head"),
        epochs=1 if job["smoke"] else 20,
        learning_rate=1e-2,
        batch_size=50,
        seed=job["seed"],
        verbose=0,
    )
    return model, TASK, train[0], held_out, test


def accuracy(model, task, data):
    """Returns the accuracy of a task in percent.

    Args:
        model: a `ModNet`.
        task: name of the task.
        data: images and labels.
    """
    logits = model.task(task).predict(data[0], batch_size=500, verbose=0)
    return 100 * float((logits.argmax(-1) == data[1]).mean())
