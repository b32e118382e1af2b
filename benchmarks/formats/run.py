"""What one job of `benchmarks.formats` does: a task's files, each run by its own runtime on the test images."""

import pathlib
import tempfile

import keras
import numpy as np

import keras_modnet
from benchmarks.shared.budgets import whole_split
from keras_modnet.export.runtimes import run_file
from training.data import load, to_shape

# Training images whose ranges the 8 bits take over.
IMAGES = 200
BATCH = 500
NETWORK, ONNX, LITERT, INT8 = "the network", "ONNX", "LiteRT", "LiteRT, 8 bits"
FILES = {ONNX: ("network.onnx", None), LITERT: ("network.tflite", None), INT8: ("small.tflite", "int8")}


def run_job(job):
    """Writes and runs the files of a task.

    Args:
        job: "preset", "task", "seed", "data_dir", "smoke".

    Returns:
        "test_images", their number; "accuracy" in percent, of `NETWORK` and of each file by its name; "bytes" and
        "difference", of the largest logit's, of each file. A toy writes the first file.
    """
    keras.utils.set_random_seed(job["seed"])
    model = keras_modnet.from_preset(job["preset"])
    static = model.to_static(job["task"])
    images, labels = whole_split(job["task"], "test", model.image_shape, job["data_dir"])
    training = load(job["task"], "train", job["data_dir"])[0]
    drawn = np.random.default_rng(job["seed"]).permutation(len(training))[:IMAGES]
    ranges = to_shape(training[drawn], model.image_shape)
    batches = [images[start : start + BATCH].astype("float32") for start in range(0, len(images), BATCH)]
    logits = static.predict(images, batch_size=BATCH, verbose=0)
    result = {"test_images": len(images), "accuracy": {NETWORK: _accuracy(logits, labels)}}
    result |= {"bytes": {}, "difference": {}}
    with tempfile.TemporaryDirectory() as folder:
        for name in (ONNX,) if job["smoke"] else FILES:
            file, quantize = FILES[name]
            written = keras_modnet.export_network(static, pathlib.Path(folder) / file, quantize, ranges)
            given = np.concatenate([run_file(written.path, batch)["output"] for batch in batches])
            result["accuracy"][name], result["bytes"][name] = _accuracy(given, labels), written.bytes
            result["difference"][name] = float(np.abs(given - logits).max() / np.abs(logits).max())
    return result


def _accuracy(logits, labels):
    return 100 * float(np.mean(logits.argmax(-1) == labels))
