"""The peak of memory in training, of a process for each figure."""

import json
import pathlib
import resource
import sys

import keras

from benchmarks.shared.processes import run_python
from benchmarks.shared.tables import markdown, ratio
from benchmarks.shared.timing import summary
from benchmarks.speed.figures import promise
from benchmarks.speed.networks import TASK, cell_of, compiled, cycle, make_batch, make_modnet, train_step

STATUS = pathlib.Path("/proc/self/status")
FIXED, LEARNED = "fixed ordering", "learned ordering"
# So many images that what a process needs in any case is small beside their features.
BATCH_SIZE, STEPS, REPEATS = 512, 3, 3
MEMORY_RATIO = 1.15


def jobs(backends, smoke):
    """Returns the jobs: two banks on TensorFlow, one on JAX.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    cells = [(backend, 8) for backend in backends if backend != "torch"] + [("tensorflow", 32)]
    if smoke:
        cells = [(backend, 2) for backend in backends]
    return [
        {
            "name": f"memory_{backend}_blocks{num_blocks}",
            "backend": backend,
            "cell": {"num_blocks": num_blocks} | ({} if smoke else {"batch_size": BATCH_SIZE}),
        }
        for backend, num_blocks in cells
    ]


def run(job):
    """Takes some training steps in fresh processes, in turn; in a toy run in this one, and compares nothing.

    Args:
        job: one of `jobs`.

    Returns:
        "rows": `timing.summary`, of bytes in place of seconds, against the fixed ordering: the peak of memory
        above what the process held when everything was imported.
    """
    if job["smoke"]:
        return {"rows": summary({FIXED: [peak_of_training(job | {"row": FIXED})]})}
    peaks = {FIXED: [], LEARNED: []}
    for _ in range(REPEATS):
        for row, own in peaks.items():
            arguments = ["-m", "benchmarks.speed.sections.memory", json.dumps(job | {"row": row})]
            own.append(json.loads(run_python(arguments, job["backend"], job["name"]).splitlines()[-1]))
    return {"rows": summary(peaks, FIXED)}


def peak_of_training(job):
    """Returns how far a few training steps raise the peak of this process's memory, in bytes."""
    before = peak_memory()
    cell, seed = cell_of(job), job["seed"]
    model = make_modnet(cell, seed, cycle(cell) if job["row"] == FIXED else None)
    step = train_step(compiled(model.task(TASK)), make_batch(cell, seed))
    for _ in range(STEPS):
        step()
    return peak_memory() - before


def peak_memory():
    """Returns the most memory that this process has held so far, in bytes: on a GPU of the device, else of the process.

    The device's is known on TensorFlow and JAX.
    """
    if keras.backend.backend() == "jax":
        import jax

        statistics = jax.devices()[0].memory_stats()
        if statistics:
            return statistics["peak_bytes_in_use"]
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        if tf.config.list_physical_devices("GPU"):
            return tf.config.experimental.get_memory_info("GPU:0")["peak"]
    lines = STATUS.read_text().splitlines() if STATUS.is_file() else []
    # Not `getrusage`: on Linux a process begins there with the peak of the one that started it.
    held = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return 1024 * (int(held[0]) if held else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def promises(runs):
    """Returns what was promised of memory beside what was measured."""
    kept = []
    for run in (own for own in runs if LEARNED in own["rows"]):
        where = f"{run['cell']['num_blocks']} blocks, {run['backend']}"
        text = f"peak memory of training, learned over fixed ordering, {where}"
        kept.append(promise(text, run["rows"][LEARNED], MEMORY_RATIO))
    return kept


def table(runs):
    """Returns the table of memory as Markdown."""
    rows = [
        [
            f"{row}, {run['cell']['num_blocks']} blocks, {run['backend']}",
            f"{own['minimum'] / 2**20:.0f}",
            f"{own['median'] / 2**20:.0f}",
            ratio(own),
        ]
        for run in runs
        for row, own in run["rows"].items()
    ]
    header = [
        "peak memory of training above the imports",
        "least, MiB",
        "median, MiB",
        "ratio (middle half of the processes)",
    ]
    return markdown(header, rows)


if __name__ == "__main__":
    print(peak_of_training(json.loads(sys.argv[1])))
