"""What one job of `benchmarks.serving` does for requests: how many images a second are answered."""

import pathlib
import tempfile

import numpy as np
import tensorflow as tf

import keras_modnet
from benchmarks.serving.networks import make_network
from benchmarks.shared.timing import interleaved, repeats_within, summary

TASK, TASK_KERAS = "one task", "one task, Keras's export"
MIXED, MIXED_ONE, MANY_KERAS = "tasks mixed", "`mixed`, all rows of one task", "tasks, a model each"
# Seconds that the timed rounds of a batch size take, about, and how many there are.
SECONDS, ROUNDS = 20, (5, 200)


def run(job):
    """Asks one SavedModel and Keras's exports of the same tasks the same questions, in turns.

    Args:
        job: "network", "num_tasks", "batch_sizes", "seed", "smoke".

    Returns:
        "times": for each batch size a `timing.summary` of requests, by what is asked; those of several tasks are for as
        many images.
    """
    model = make_network(job["network"], job["num_tasks"], job["seed"])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        exported = keras_modnet.export_saved_model(model, folder / "tasks", image_bytes=False)
        # Kept by name: signatures alone do not keep a module's variables alive.
        modules = [tf.saved_model.load(str(exported.path))]
        for task in model.task_names:
            model.to_static(task).export(folder / task, verbose=False)
            modules.append(tf.saved_model.load(str(folder / task)))
        times = {}
        for size in job["batch_sizes"]:
            functions = _functions(modules, model.image_shape, size, job["num_tasks"])
            repeats = 2 if job["smoke"] else repeats_within(SECONDS, functions, *ROUNDS)
            times[str(size)] = summary(interleaved(functions, repeats), TASK)
    return {"times": times}


def _functions(modules, image_shape, size, num_tasks):
    """Returns `{what is asked: function without arguments}`."""
    own, *others = modules
    pixels = np.random.default_rng(0).uniform(0, 255, (size, *image_shape)).astype("float32")
    images, tasks = tf.constant(pixels), tf.constant(np.arange(size) % num_tasks, tf.int32)
    one = tf.zeros(size, tf.int32)
    parts = [tf.constant(pixels[tasks.numpy() == task]) for task in range(min(size, num_tasks))]
    asked = {
        TASK: lambda: own.signatures["task0"](images=images)["logits"].numpy(),
        TASK_KERAS: lambda: others[0].serve(images).numpy(),
        MIXED_ONE: lambda: own.signatures["mixed"](images=images, task=one)["logits"].numpy(),
    }
    if size > 1:
        asked[MIXED] = lambda: own.signatures["mixed"](images=images, task=tasks)["logits"].numpy()
        asked[MANY_KERAS] = lambda: [other.serve(part).numpy() for other, part in zip(others, parts, strict=False)]
    return asked
