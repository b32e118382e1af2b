"""Files changed at random: one clear error, or a load of what is in them; the same changes at each run.

`python -m benchmarks.hostile_files` tries many more.
"""

import os
import time

import numpy as np
import pytest

from benchmarks.hostile_files.run import EQUAL, ERROR, KINDS, Bench, for_each_case, run_job
from keras_modnet import PresetError

CASES = 25


@pytest.fixture
def bench(request, tmp_path, monkeypatch):
    # The path of a socket is short, or one from the current folder.
    monkeypatch.chdir(tmp_path)
    return Bench(request.param, tmp_path)


@pytest.mark.parametrize("bench", KINDS, indirect=True)
def test_a_changed_file_is_one_clear_error_or_loads_what_is_in_it(bench):
    outcomes = []

    def one_case(data):
        bench.change(data)
        outcomes.append(bench.outcome())

    assert bench.right == bench.folder / "right" / bench.path.name
    for_each_case(CASES, 0, one_case)
    assert {outcome for outcome in outcomes if outcome != EQUAL} == {ERROR}


@pytest.mark.parametrize("bench", KINDS, indirect=True)
def test_a_file_that_was_not_changed_loads_its_weights(bench):
    os.rename(bench.folder / "right", bench.folder / "changed")
    assert bench.outcome() == EQUAL


def load_other_weights(kind, path, model):
    return {"x": np.zeros(1)}


def refuse(error):
    def load(kind, path, model):
        raise error

    return load


@pytest.mark.parametrize(
    ("load", "found"),
    [
        (load_other_weights, "loads other names"),
        (refuse(TypeError("wrong")), "TypeError: wrong"),
        (refuse(PresetError("elsewhere", "a", "b")), "an error of another form"),
    ],
)
@pytest.mark.parametrize("bench", ["task"], indirect=True)
def test_anything_else_is_found(bench, monkeypatch, load, found):
    monkeypatch.setattr("benchmarks.hostile_files.run.try_to_load", load)
    os.rename(bench.folder / "right", bench.folder / "changed")
    assert bench.outcome().startswith(found)


def test_a_reader_that_hangs_or_grows_is_counted(monkeypatch):
    monkeypatch.setattr("benchmarks.hostile_files.run.LIMIT_SECONDS", 0.01)
    monkeypatch.setattr("benchmarks.hostile_files.run.LIMIT_MEGABYTES", -1)
    slow = refuse(RuntimeError("slow"))

    def load(kind, path, model):
        time.sleep(0.02)
        slow(kind, path, model)

    monkeypatch.setattr("benchmarks.hostile_files.run.try_to_load", load)
    result = run_job({"kind": "task", "seed": 0, "cases": 2})
    assert {name: result[name] for name in ("tried", "errors", "equal", "other", "hangs", "grown")} == {
        "tried": 2,
        "errors": 0,
        "equal": 0,
        "other": 2,
        "hangs": 2,
        "grown": 2,
    }
    assert result["findings"] == ["RuntimeError: slow"]
