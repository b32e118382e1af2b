"""How long it takes to begin: imports, and from a preset to the first prediction, each in fresh processes."""

import json

from benchmarks.shared.processes import run_python
from benchmarks.shared.tables import markdown
from benchmarks.shared.timing import summary
from benchmarks.speed.figures import Promise

PRESET = "digits_reuse"
IMPORT, WHOLE = "import keras_modnet, after keras", "from_preset to the first prediction"
READING = "reading and checking the files, as in from_preset"
REPEATS = 5
IMPORT_SECONDS, PREDICTION_SECONDS = 0.15, 2.0
# It prints the names of its parts and the seconds that they took.
PROGRAM = f"""
import json, time
times = [time.perf_counter()]
import keras
times.append(time.perf_counter())
import keras_modnet
times.append(time.perf_counter())
import numpy as np
model = keras_modnet.from_preset({PRESET!r})
times.append(time.perf_counter())
image = np.zeros((1, *model.image_shape), "float32")
model.predict(image, verbose=0)
times.append(time.perf_counter())
model.predict(image, verbose=0)
times.append(time.perf_counter())
keras_modnet.presets.read_preset(keras_modnet.presets.find_preset({PRESET!r}))
times.append(time.perf_counter())
names = ("import keras", {IMPORT!r}, "from_preset", "first prediction", "second prediction", {READING!r})
parts = {{name: end - start for name, start, end in zip(names, times, times[1:])}}
print(json.dumps({{**parts, {WHOLE!r}: times[4] - times[2]}}))
"""


def jobs(backends, smoke):
    """Returns one job for each backend.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    return [{"name": f"start_{backend}", "backend": backend} for backend in backends]


def run(job):
    """Runs the program in fresh processes, one after the other.

    Args:
        job: one of `jobs`.

    Returns:
        "rows": `timing.summary` of each part.
    """
    # The first process brings the files into the memory of the system.
    parts = [timed_parts(PROGRAM, job) for _ in range(1 if job["smoke"] else 1 + REPEATS)]
    counted = parts[-REPEATS:]
    return {"rows": summary({name: [own[name] for own in counted] for name in counted[0]})}


def timed_parts(code, job):
    """Returns what a program printed as the last line, a dict, after it ran in a fresh process."""
    return json.loads(run_python(["-c", code], job["backend"], job["name"]).splitlines()[-1])


def promises(runs):
    """Returns what was promised of imports and presets beside what was measured."""
    kept = []
    for run in runs:
        for part, bound in ((IMPORT, IMPORT_SECONDS), (WHOLE, PREDICTION_SECONDS)):
            own = run["rows"][part]
            text = f"{part}, {run['backend']}: under {bound:.2f} s"
            figure = f"{own['median']:.2f} s (fastest {own['minimum']:.2f})"
            kept.append(Promise(text, figure, own["median"] < bound))
    return kept


def table(runs):
    """Returns the table of beginnings as Markdown."""
    rows = [
        [f"{part}, {run['backend']}", f"{own['minimum']:.3f}", f"{own['median']:.3f}"]
        for run in runs
        for part, own in run["rows"].items()
    ]
    return markdown([f"a fresh process, preset {PRESET}", "fastest, s", "median, s"], rows)
