"""What one job of `benchmarks.serving` does for sizes: bytes, seconds to export, to load and to the first answer."""

import json
import pathlib
import tempfile
import time

import keras_modnet
from benchmarks.serving.networks import make_network, parameter_bytes
from benchmarks.shared.processes import run_python

OWN, KERAS = "one SavedModel", "Keras's export of a task"


def run(job):
    """Exports a network's tasks as one SavedModel, and one of them as Keras does, and has processes load them.

    Args:
        job: "network", "num_tasks", "seed".

    Returns:
        "parameter_bytes", "signatures", "largest_difference" and, by `OWN` and `KERAS`, "exports": each with "bytes",
        "export", seconds, and what `first_request` returned.
    """
    model = make_network(job["network"], job["num_tasks"], job["seed"])
    with tempfile.TemporaryDirectory() as name:
        folder, start = pathlib.Path(name), time.perf_counter()
        exported = keras_modnet.export_saved_model(model, folder / "tasks")
        own, start = time.perf_counter() - start, time.perf_counter()
        model.to_static("task0").export(folder / "keras", verbose=False)
        keras = time.perf_counter() - start
        exports = {
            OWN: {"bytes": exported.bytes, "export": own} | first_request(exported.path),
            KERAS: {"bytes": _bytes(folder / "keras"), "export": keras} | first_request(folder / "keras"),
        }
    return {
        "parameter_bytes": parameter_bytes(model),
        "signatures": len(exported.signatures),
        "largest_difference": exported.largest_difference,
        "exports": exports,
    }


def first_request(folder):
    """Returns seconds of a fresh process: to "load" a SavedModel, of its "first" request and of its "second" one."""
    return json.loads(
        run_python(["-m", "benchmarks.serving.first_request", str(folder)], "tensorflow", "first_request")
    )


def _bytes(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
