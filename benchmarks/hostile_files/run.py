"""What one job of `benchmarks.hostile_files` does: changes files of a kind, and sees what becomes of them."""

import contextlib
import pathlib
import resource
import shutil
import signal
import tempfile
import time
import warnings

import hypothesis
import numpy as np
import psutil
from hypothesis import strategies

from benchmarks.hostile_files.changes import change_preset, change_pth, change_safetensors, change_task
from benchmarks.hostile_files.originals import make_model, read_otherwise, try_to_load, write_original
from keras_modnet import PresetError
from keras_modnet.converters import CheckpointError

KINDS = {
    "preset": change_preset,
    "task": change_task,
    "safetensors": change_safetensors,
    "pth": change_pth,
}
LIMIT_SECONDS, LIMIT_MEGABYTES = 2.0, 200
# When a reader is given up.
GIVEN_UP_SECONDS = 20
ERROR, EQUAL = "right error", "equal weights"


class HangError(BaseException):
    """A reader was given up."""


class Bench:
    """A file that is right, and a place where it is changed.

    Args:
        kind: a key of `KINDS`.
        folder: path of an empty folder.
    """

    def __init__(self, kind, folder):
        self.kind, self.folder, self.model = kind, pathlib.Path(folder), make_model()
        (self.folder / "right").mkdir()
        self.right = write_original(kind, self.folder / "right", self.model)
        self.path = self.folder / "changed" / self.right.name

    def put_right(self):
        """Puts the file that is right at `path`."""
        shutil.rmtree(self.folder / "changed", ignore_errors=True)
        shutil.copytree(self.folder / "right", self.folder / "changed")

    def change(self, data):
        """Puts a changed file at `path`; `data` is hypothesis's."""
        self.put_right()
        KINDS[self.kind](data, self.path)

    def outcome(self):
        """Returns `ERROR`, `EQUAL`, or what else happened, a line."""
        try:
            with given_up_after(GIVEN_UP_SECONDS):
                loaded = try_to_load(self.kind, self.path, self.model)
        except (PresetError, CheckpointError) as error:
            return self._of_error(error)
        except (Exception, HangError) as error:
            return f"{type(error).__name__}: {error}"[:200]
        return self._of_weights(loaded)

    def _of_error(self, error):
        named = error.file.startswith(str(self.path))
        printed = str(error).isprintable() and len(str(error)) < 10_000
        return ERROR if named and printed else f"an error of another form: {error!r}"[:200]

    def _of_weights(self, loaded):
        try:
            # As JSON and not as a folder says it: what lies aside is none of the file's.
            others = read_otherwise(self.kind, self.path)
        except Exception as error:
            return f"loads, where another reader has {type(error).__name__}: {error}"[:200]
        if loaded.keys() != others.keys():
            return "loads other names"
        # What a network has no use for, a count of batches for one, may be anything.
        equal = (
            np.array_equal(loaded[name], others[name].astype(loaded[name].dtype), equal_nan=True) for name in loaded
        )
        return EQUAL if all(equal) else "loads other weights"


def measured(function):
    """Returns what a function returned, the seconds that it took, and the megabytes by which the process grew."""
    before, peak = psutil.Process().memory_info().rss, _peak()
    start = time.perf_counter()
    result = function()
    seconds, after = time.perf_counter() - start, _peak()
    # The peak of the process is that of this call only where it is a new one.
    return result, seconds, (after - before) / 2**20 if after > peak else 0.0


def run_job(job):
    """Changes a file again and again; returns how often it was refused, loaded, and what else happened."""
    counts = {"tried": 0, "errors": 0, "equal": 0, "other": 0, "hangs": 0, "grown": 0}
    findings, seconds_of, megabytes_of = [], [0.0], [0.0]

    def one_case(bench, data):
        bench.change(data)
        outcome, seconds, megabytes = measured(bench.outcome)
        if seconds > LIMIT_SECONDS:
            # Once more, since others use the machine too.
            outcome, seconds, _ = measured(bench.outcome)
        counts["tried"] += 1
        counts["errors" if outcome == ERROR else "equal" if outcome == EQUAL else "other"] += 1
        counts["hangs"] += seconds > LIMIT_SECONDS
        counts["grown"] += megabytes > LIMIT_MEGABYTES
        seconds_of.append(seconds)
        megabytes_of.append(megabytes)
        if outcome not in (ERROR, EQUAL) and outcome not in findings:
            findings.append(outcome)

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bench = Bench(job["kind"], folder)
        bench.outcome()
        for_each_case(job["cases"], job["seed"], lambda data: one_case(bench, data))
    largest = {"slowest_seconds": max(seconds_of), "largest_megabytes": max(megabytes_of)}
    return counts | largest | {"findings": findings[:20]}


def for_each_case(cases, seed, function):
    """Calls a function with hypothesis's data so many times; a seed gives the same each time."""
    settings = hypothesis.settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.seed(seed)(settings(hypothesis.given(strategies.data())(function)))()


@contextlib.contextmanager
def given_up_after(seconds):
    """Returns a context that ends with `HangError` after so many seconds."""

    def give_up(*arguments):
        raise HangError(f"over {seconds} s")

    former = signal.signal(signal.SIGALRM, give_up)
    # Again each second: where it falls into a callback of Python's, the error is lost.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
