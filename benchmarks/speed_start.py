"""How long it takes to begin: imports, and from a preset to the first prediction, each in fresh processes."""

import json

from benchmarks.speed_cells import Promise, markdown
from benchmarks.speed_job import run_python
from benchmarks.speed_timing import summary

PRESET = "digits_reuse"
REPEATS = 5
IMPORT_SECONDS, PREDICTION_SECONDS = 0.15, 2.0
# Each prints the names of its parts and the seconds that they took.
IMPORTS = """
import json, time
times = [time.perf_counter()]
import keras
times.append(time.perf_counter())
import keras_modnet
times.append(time.perf_counter())
parts = ("import keras", "import keras_modnet after it")
print(json.dumps({part: end - start for part, start, end in zip(parts, times, times[1:])}))
"""
PREDICTION = """
import json, time
import keras, numpy as np
import keras_modnet
times = [time.perf_counter()]
model = keras_modnet.from_preset(PRESET)
times.append(time.perf_counter())
image = np.zeros((1, *model.image_shape), "float32")
model.predict(image, verbose=0)
times.append(time.perf_counter())
model.predict(image, verbose=0)
times.append(time.perf_counter())
keras_modnet.presets.read_preset(keras_modnet.presets.find_preset(PRESET))
times.append(time.perf_counter())
parts = ("from_preset", "first prediction", "second prediction", "reading and checking the files, as in from_preset")
parts = {part: end - start for part, start, end in zip(parts, times, times[1:])}
print(json.dumps({"from_preset to the first prediction": times[2] - times[0], **parts}))
"""
WHOLE = "from_preset to the first prediction"


def jobs(backends, smoke):
    """Returns one job for each backend.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    return [{"name": f"start_{backend}", "backend": backend} for backend in backends]


def run(job):
    """Runs both programs in fresh processes, in turn.

    Args:
        job: one of `jobs`.

    Returns:
        "rows": `speed_timing.summary` of each part.
    """
    times = {}
    # The first round brings the files into the memory of the system.
    for turn in range(1 if job["smoke"] else 1 + REPEATS):
        for code in (IMPORTS, PREDICTION):
            for part, seconds in timed_parts(code.replace("PRESET", repr(PRESET)), job).items():
                times.setdefault(part, [])
                times[part] += [seconds] if turn or job["smoke"] else []
    return {"rows": summary(times)}


def timed_parts(code, job):
    """Returns what a program printed as the last line, a dict, after it ran in a fresh process."""
    return json.loads(run_python(["-c", code], job["backend"], job["name"]).splitlines()[-1])


def promises(runs):
    """Returns what was promised of imports and presets beside what was measured."""
    kept = []
    for run in runs:
        for part, bound in (("import keras_modnet after it", IMPORT_SECONDS), (WHOLE, PREDICTION_SECONDS)):
            own = run["rows"][part]
            text = f"{part.replace(' after it', ', keras imported before')}, {run['backend']}: under {bound:.2f} s"
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
