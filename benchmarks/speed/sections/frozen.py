"""A head that trains on a frozen bank: features computed once an image, and in every epoch."""

import time

import keras
import numpy as np

from benchmarks.shared.tables import markdown
from benchmarks.speed.figures import Promise
from benchmarks.speed.networks import CLASSES, TASK, cell_of, cycle, image_shape, make_modnet
from keras_modnet import adapt_task

# A vision transformer of the size "small", and images of 112 x 112 pixels.
CELL = {"side": 8, "patch_size": 14, "width": 384, "num_steps": 12, "num_blocks": 12, "batch_size": 64}
IMAGES, EPOCHS = 2000, 30
# The network in every epoch is timed for so many epochs, the fewer for all that is not an epoch.
FEW, SOME = 1, 2
ONE_PASS, ONCE, EACH = "predictions for all images", "features once an image", "the network in every epoch"
PASS_RATIO = 1.5


def jobs(backends, smoke):
    """Returns one job, on the first backend.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    backend, cell = backends[0], {} if smoke else CELL
    return [{"name": f"frozen_{backend}", "backend": backend, "cell": cell, "epochs": 3 if smoke else EPOCHS}]


def run(job):
    """Adapts a head of random weights' features to random images; how long it takes does not depend on them.

    Args:
        job: the one of `jobs`.

    Returns:
        "images": how many; "rows": `{name: {"seconds": of all epochs, compilation included, "timed_epochs": ...}}`.
    """
    cell, seed = cell_of(job), job["seed"]
    count = 2 * cell["batch_size"] if job["smoke"] else IMAGES
    images = np.random.default_rng(seed).integers(0, 256, (count, *image_shape(cell))).astype("uint8")
    data = images, np.arange(count) % CLASSES

    def adapt(epochs, callbacks):
        model = make_modnet(cell, seed, cycle(cell), block="transformer", norm="layer")
        size = {"epochs": epochs, "batch_size": cell["batch_size"]}
        return _seconds(lambda: adapt_task(model, TASK, data, parts=("head",), callbacks=callbacks, verbose=0, **size))

    own = make_modnet(cell, seed, cycle(cell), block="transformer", norm="layer").task(TASK)
    one_pass = _seconds(lambda: own.predict(images, batch_size=cell["batch_size"], verbose=0))
    once = adapt(job["epochs"], ())
    # A callback of the user takes the network in every epoch.
    few, some = (adapt(epochs, [keras.callbacks.Callback()]) for epochs in (FEW, SOME))
    each = few + (job["epochs"] - FEW) * (some - few) / (SOME - FEW)
    return {
        "images": count,
        "rows": {
            ONE_PASS: {"seconds": one_pass, "timed_epochs": None},
            ONCE: {"seconds": once, "timed_epochs": job["epochs"]},
            EACH: {"seconds": each, "timed_epochs": SOME},
        },
    }


def _seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def promises(runs):
    """Returns what was promised of a head that trains alone beside what was measured."""
    kept = []
    for run in runs:
        ratio = run["rows"][ONCE]["seconds"] / run["rows"][ONE_PASS]["seconds"]
        text = f"{run['epochs']} epochs of a head on a frozen bank, over predictions for all images, {run['backend']}"
        kept.append(Promise(f"{text}: at most {PASS_RATIO:.2f}", f"{ratio:.2f}", ratio <= PASS_RATIO))
    return kept


def table(runs):
    """Returns the table of heads as Markdown."""
    header = ['12 transformer blocks of width 384, `adapt_task(parts=("head",))`', "s", "times the predictions"]
    rows = []
    for run in runs:
        side = image_shape(cell_of(run))[0]
        title = f"**{run['backend']}: {run['images']:,} images of {side} x {side}, {run['epochs']} epochs**"
        rows.append([title, "", ""])
        for name, own in run["rows"].items():
            timed = own["timed_epochs"]
            known = "" if timed in (None, run["epochs"]) else f", reckoned from {FEW} and {timed} epochs"
            ratio = own["seconds"] / run["rows"][ONE_PASS]["seconds"]
            rows.append([name + known, f"{own['seconds']:.1f}", f"{ratio:.2f}"])
    return markdown(header, rows)
