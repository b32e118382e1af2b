import json

import keras
import numpy as np
import psutil
import pytest

from benchmarks.speed_parts.job import run_here, run_in_new_process, run_python
from benchmarks.speed_parts.machine import LoadOfOthers, describe, peak_memory

BACKEND = keras.backend.backend()


def test_a_process_has_the_backend_that_it_is_given():
    other = "jax" if BACKEND == "tensorflow" else "tensorflow"
    assert run_python(["-c", "import os; print(os.environ['KERAS_BACKEND'])"], other, "a question") == f"{other}\n"


def test_a_job_that_fails_says_what_went_wrong():
    job = {"name": "no_job", "section": "none", "backend": BACKEND}
    with pytest.raises(
        RuntimeError, match=r"no_job ended with status 1:[\s\S]*No module named 'benchmarks.speed_parts.none'"
    ):
        run_in_new_process(job)


def test_a_job_in_a_new_process_has_the_result_of_its_section():
    cell = {"num_steps": 1, "num_blocks": 2}
    job = {"name": "one", "section": "memory", "backend": BACKEND, "cell": cell, "seed": 0, "smoke": True}
    result = run_in_new_process(job)
    assert set(result) == {"rows", "load", "process"}
    assert result["process"] == json.loads(json.dumps(describe()))
    # In that process nothing had trained before.
    assert result["rows"]["fixed ordering"]["minimum"] > 0


def test_a_job_here_says_which_machine_it_ran_on(monkeypatch):
    monkeypatch.setattr("benchmarks.speed_parts.depth.run", lambda job: {"doubled": 2 * job["number"]})
    result = run_here({"section": "depth", "number": 3})
    assert result["doubled"] == 6
    assert result["process"]["backend"] == BACKEND
    assert result["process"]["device"]


def test_others_use_a_share_of_the_processors():
    load = LoadOfOthers()
    assert 0 <= load.now()["others"] <= 1


def test_the_peak_of_memory_stays_when_memory_is_given_back():
    before, more = peak_memory(), 2**26
    # As much as is missing to the present peak, and more.
    held = np.ones(before - psutil.Process().memory_info().rss + more, "uint8")
    assert held[-1] == 1
    del held
    # A page or two of the measured size may be given back in the meantime.
    assert peak_memory() > before + more / 2
