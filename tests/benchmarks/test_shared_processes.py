import json

import keras
import pytest

from benchmarks.shared.machine import describe
from benchmarks.shared.processes import run_here, run_in_new_process, run_python

BACKEND = keras.backend.backend()


def test_a_process_has_the_backend_that_it_is_given():
    other = "jax" if BACKEND == "tensorflow" else "tensorflow"
    assert run_python(["-c", "import os; print(os.environ['KERAS_BACKEND'])"], other, "a question") == f"{other}\n"


def test_a_job_that_fails_says_what_went_wrong():
    job = {"name": "no_job", "module": "benchmarks.none", "backend": BACKEND}
    with pytest.raises(RuntimeError, match=r"no_job ended with status 1:[\s\S]*No module named 'benchmarks.none'"):
        run_in_new_process(job)


def test_a_job_in_a_new_process_has_the_result_of_its_module():
    cell = {"num_steps": 1, "num_blocks": 2}
    job = {
        "name": "one",
        "module": "benchmarks.speed.sections.memory",
        "backend": BACKEND,
        "cell": cell,
        "seed": 0,
        "smoke": True,
    }
    result = run_in_new_process(job)
    assert set(result) == {"rows", "load", "process"}
    assert result["process"] == json.loads(json.dumps(describe()))
    # In that process nothing had trained before.
    assert result["rows"]["fixed ordering"]["minimum"] > 0


def test_a_job_here_says_which_machine_it_ran_on(monkeypatch):
    monkeypatch.setattr("benchmarks.speed.sections.depth.run", lambda job: {"doubled": 2 * job["number"]})
    result = run_here({"module": "benchmarks.speed.sections.depth", "number": 3})
    assert result["doubled"] == 6
    assert result["process"]["backend"] == BACKEND
    assert result["process"]["device"]
