"""From a stored network to its first prediction: this library's preset beside one of keras-hub's ResNet."""

import pathlib
import tempfile

from benchmarks.shared.processes import run_python
from benchmarks.shared.tables import markdown, ratio
from benchmarks.shared.timing import summary
from benchmarks.speed.sections.start import PRESET, timed_parts

REPEATS = 5
OURS, THEIRS = "keras_modnet", "keras-hub"
# Eight blocks of two 3x3 convolutions on a map of 7 x 7, as the preset runs; keras-hub has them from 64 channels on.
WRITE = """
import keras_hub
backbone = keras_hub.models.ResNetBackbone(
    input_conv_filters=[64], input_conv_kernel_sizes=[7], stackwise_num_filters=[64], stackwise_num_blocks=[8],
    stackwise_num_strides=[1], block_type="basic_block", use_pre_activation=True, image_shape=(28, 28, 3),
)
network = keras_hub.models.ResNetImageClassifier(backbone=backbone, num_classes=10, preprocessor=None)
network.save_to_preset(FOLDER)
"""
READ = """
import json, time
import keras, numpy as np
times = [time.perf_counter()]
IMPORT
times.append(time.perf_counter())
model = LOAD
times.append(time.perf_counter())
model.predict(np.zeros((1, 28, 28, CHANNELS), "float32"), verbose=0)
times.append(time.perf_counter())
parts = ("import, keras imported before", "loading", "first prediction")
parts = {part: end - start for part, start, end in zip(parts, times, times[1:])}
print(json.dumps({**parts, "loading and first prediction": times[3] - times[1]}))
"""


def jobs(backends, smoke):
    """Returns one job, on the first backend.

    Args:
        backends: Keras backends that are installed.
        smoke: whether a toy is asked for.
    """
    return [{"name": f"hub_{backends[0]}", "backend": backends[0], "needs": ["keras_hub"]}]


def run(job):
    """Reads and runs both networks in fresh processes, in turn.

    Args:
        job: the one of `jobs`.

    Returns:
        "rows": for each part `timing.summary` against keras-hub's.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = repr(str(pathlib.Path(folder) / "resnet"))
        run_python(["-c", WRITE.replace("FOLDER", path)], job["backend"], job["name"])
        programs = {
            OURS: _program("import keras_modnet", f"keras_modnet.from_preset({PRESET!r})", 1),
            THEIRS: _program("import keras_hub", f"keras_hub.models.ImageClassifier.from_preset({path})", 3),
        }
        times = {}
        # The first round brings the files into the memory of the system.
        for turn in range(1 if job["smoke"] else 1 + REPEATS):
            for name, code in programs.items():
                for part, seconds in timed_parts(code, job).items():
                    own = times.setdefault(part, {OURS: [], THEIRS: []})
                    own[name] += [seconds] if turn or job["smoke"] else []
    return {"rows": {part: summary(own, THEIRS) for part, own in times.items()}}


def _program(imports, load, channels):
    return READ.replace("IMPORT", imports).replace("LOAD", load).replace("CHANNELS", str(channels))


def promises(runs):
    """Returns no promise: nothing was promised beside keras-hub."""
    return []


def table(runs):
    """Returns the table of both libraries as Markdown."""
    header = ["a fresh process, median", f"{OURS}, s", f"{THEIRS}, s", "ratio (middle half of the processes)"]
    rows = [
        [f"{part}, {run['backend']}", f"{own[OURS]['median']:.3f}", f"{own[THEIRS]['median']:.3f}", ratio(own[OURS])]
        for run in runs
        for part, own in run["rows"].items()
    ]
    return markdown(header, rows)
