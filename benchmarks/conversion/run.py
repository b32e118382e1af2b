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
from benchmarks.conversion.transformer_weights import under_transformers_names
from benchmarks.conversion.weights import random_weights
from benchmarks.shared.processes import ROOT
from benchmarks.shared.timing import interleaved, repeats_within, summary
from keras_modnet.converters import ConvNeXt, VisionTransformer
from keras_modnet.converters.architectures import DESCRIPTIONS

STATIC, TORCH = "static network", "torch"
# Whose names the tensors have: the family's own, or those of the library transformers.
OWN, TRANSFORMERS = "own", "transformers"
IMAGES, WEIGHTS = 2, "weights.safetensors"
# Besides the published size of images, where the tensors depend on it.
OTHER_SIZE = 112
# Seconds that the timed rounds take, about, and how many there are.
SECONDS, ROUNDS = 30, (5, 20)
SMALL = ConvNeXt(depth=2, width=8, patch_size=16, image_size=32, num_classes=3, class_names=("a", "b", "c"))


def run(job):
    """Converts a network with random weights, compares its outputs with torch's and times both.

    Args:
        job: "network", a name out of `ARCHITECTURES`; "layout", `OWN` or `TRANSFORMERS`; "seed"; "smoke", whether a
            small one stands for it; "rows", of `STATIC` and `TORCH`: without the second nothing is compared.

    Returns:
        "parameters" of the static network, "largest_logit", of features too, seconds "to_convert" and "to_model",
        "times" (a `timing.summary`) and, with torch, "difference", the largest one of an output, "torch", its version,
        and, of vision transformers, "other_difference", the same for images of another size.
    """
    architecture = SMALL if job["smoke"] else DESCRIPTIONS[job["network"]]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        weights = random_weights(architecture, job["seed"])
        weights = under_transformers_names(weights) if job["layout"] == TRANSFORMERS else weights
        safetensors.numpy.save_file({n: np.ascontiguousarray(a) for n, a in weights.items()}, folder / WEIGHTS)
        resized = isinstance(architecture, VisionTransformer)
        sizes = [architecture.image_size, OTHER_SIZE] if resized else [architecture.image_size]
        generator = np.random.default_rng(job["seed"])
        for size in sizes:
            images = generator.uniform(0, 255, (IMAGES, size, size, 3)).astype("float32")
            np.save(folder / f"images_{size}.npy", images)
        if TORCH not in job["rows"]:
            return _measure(architecture, folder / WEIGHTS, job["smoke"])
        with torch_network(architecture, job["layout"], sizes, folder) as (predict, version):
            # What is published in the names of transformers is a file of safetensors.
            path = folder / (WEIGHTS if job["layout"] == TRANSFORMERS else "network.pth")
            measured = _measure(architecture, path, job["smoke"], predict)
            if resized:
                measured["other_difference"] = _difference(architecture, path, OTHER_SIZE)
            return measured | {"torch": version}


def _measure(architecture, path, smoke, torch_predict=None):
    size = architecture.image_size
    images = np.load(path.parent / f"images_{size}.npy")
    start = time.perf_counter()
    keras_modnet.converters.convert(path, architecture)
    converted = time.perf_counter()
    model = keras_modnet.from_checkpoint(path, architecture)
    made = time.perf_counter()
    # Each block runs once, so that folding costs no weights.
    static = model.to_static(architecture.task, fold_norms=True)
    outputs = static.predict_on_batch(images)
    functions = {STATIC: lambda: static.predict_on_batch(images[:1])}
    compared = {}
    if torch_predict is not None:
        functions[TORCH] = torch_predict
        compared["difference"] = _largest(path, size, outputs, model.task(architecture.task)(images))
    repeats = 2 if smoke else repeats_within(SECONDS, functions, *ROUNDS)
    rounds = interleaved(functions, repeats)
    return compared | {
        "parameters": sum(math.prod(variable.shape) for variable in static.trainable_variables),
        "largest_logit": float(np.abs(outputs).max()),
        "to_convert": converted - start,
        "to_model": made - converted,
        "times": summary(rounds, TORCH if torch_predict is not None else None),
    }


def _difference(architecture, path, size):
    images = np.load(path.parent / f"images_{size}.npy")
    model = keras_modnet.from_checkpoint(path, architecture, image_size=size)
    static = model.to_static(architecture.task, fold_norms=True)
    return _largest(path, size, static.predict_on_batch(images), model.task(architecture.task)(images))


def _largest(path, size, *outputs):
    expected = np.load(path.parent / f"outputs_{size}.npy")
    return float(max(np.abs(keras.ops.convert_to_numpy(own) - expected).max() for own in outputs))


@contextlib.contextmanager
def torch_network(architecture, layout, sizes, folder):
    """Runs the network in a process with torch for the length of a `with` block.

    Args:
        architecture: an `Architecture`.
        layout: whose names the weights have, `OWN` or `TRANSFORMERS`.
        sizes: sides of the images.
        folder: as `torch_process.answer` takes it.

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

        description = dataclasses.asdict(architecture) | {"family": architecture.family}
        setting = {"description": description, "layout": layout, "image_sizes": sizes, "folder": str(folder)}
        version = ask(json.dumps(setting))["torch"]
        yield lambda: ask("predict"), version
        # The end of its input ends it.
        process.stdin.close()
