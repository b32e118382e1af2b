"""What one job of `benchmarks.conversion` does: a network written, converted, compared with torch, timed beside it."""

import contextlib
import dataclasses
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import time

import keras
import numpy as np
import safetensors.numpy

import keras_modnet
from benchmarks.conversion.weights import random_weights
from benchmarks.shared.processes import ROOT
from benchmarks.shared.timing import interleaved, repeats_within, summary
from keras_modnet.converters import Architecture
from keras_modnet.converters.architectures import DESCRIPTIONS, TASK

STATIC, TORCH = "static network", "torch"
IMAGES = 2
# Seconds that the timed rounds take, about, and how many there are.
SECONDS, ROUNDS = 30, (5, 20)
SMALL = Architecture("convnext", 2, 8, 16, "convnext", 7, image_size=32, num_classes=3, class_names=("a", "b", "c"))


def run(job):
    """Converts a network with random weights, compares its logits with torch's and times both.

    Args:
        job: "network", a name out of `ARCHITECTURES`; "seed"; "smoke", whether a small one stands for it; "rows", of
            `STATIC` and `TORCH`: without the second the checkpoint is one of safetensors, and nothing is compared.

    Returns:
        "parameters" of the static network, "largest_logit", seconds "to_convert" and "to_model", "times" (a
        `timing.summary`) and, with torch, "difference", the largest one of a logit, and "torch", its version.
    """
    architecture = SMALL if job["smoke"] else DESCRIPTIONS[job["network"]]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        safetensors.numpy.save_file(random_weights(architecture, job["seed"]), folder / "weights.safetensors")
        size = architecture.image_size
        images = np.random.default_rng(job["seed"]).uniform(0, 255, (IMAGES, size, size, 3)).astype("float32")
        np.save(folder / "images.npy", images)
        if TORCH not in job["rows"]:
            return _measure(architecture, folder / "weights.safetensors", images, job["smoke"])
        with torch_network(architecture, folder) as (predict, version):
            path, logits = folder / "network.pth", np.load(folder / "logits.npy")
            return _measure(architecture, path, images, job["smoke"], predict, logits) | {"torch": version}


def _measure(architecture, path, images, smoke, torch_predict=None, torch_logits=None):
    start = time.perf_counter()
    keras_modnet.converters.convert(path, architecture)
    converted = time.perf_counter()
    model = keras_modnet.from_checkpoint(path, architecture)
    made = time.perf_counter()
    # Each block runs once, so that folding costs no weights.
    static = model.to_static(TASK, fold_norms=True)
    logits = static.predict_on_batch(images)
    functions = {STATIC: lambda: static.predict_on_batch(images[:1])}
    compared = {}
    if torch_predict is not None:
        functions[TORCH] = torch_predict
        both = (logits, keras.ops.convert_to_numpy(model.task(TASK)(images)))
        compared["difference"] = float(max(np.abs(own - torch_logits).max() for own in both))
    repeats = 2 if smoke else repeats_within(SECONDS, functions, *ROUNDS)
    rounds = interleaved(functions, repeats)
    return compared | {
        "parameters": sum(math.prod(variable.shape) for variable in static.trainable_variables),
        "largest_logit": float(np.abs(logits).max()),
        "to_convert": converted - start,
        "to_model": made - converted,
        "times": summary(rounds, TORCH if torch_predict is not None else None),
    }


@contextlib.contextmanager
def torch_network(architecture, folder):
    """Runs the network in a process with torch for the length of a `with` block.

    Args:
        architecture: an `Architecture`.
        folder: with `weights.safetensors` and `images.npy`; gets `network.pth` and `logits.npy`.

    Yields:
        A function that predicts the first image, and torch's version.

    Raises:
        RuntimeError: the process ended before it had answered.
    """
    command = [sys.executable, "-m", "benchmarks.conversion.torch_process"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:

        def ask(line):
            process.stdin.write(f"{line}\n")
            answer = process.stdout.readline()
            if not answer:
                raise RuntimeError(f"benchmarks.conversion.torch_process ended on {line[:40]!r}.")
            return json.loads(answer)

        setting = {"description": dataclasses.asdict(architecture), "folder": str(folder)}
        version = ask(json.dumps(setting))["torch"]
        yield lambda: ask("predict"), version
        # The end of its input ends it.
        process.stdin.close()
