import dataclasses
import json

import keras
import pytest

from benchmarks.shared import script
from benchmarks.shared.processes import BACKENDS
from benchmarks.speed import rows
from benchmarks.speed.sections import SECTIONS, section


def options(tmp_path, **changes):
    own = script.Options(None, str(tmp_path), seeds=(0,), workers=1, smoke=True, command="--smoke")
    return dataclasses.replace(own, **changes)


def test_there_is_one_seed(tmp_path):
    with pytest.raises(ValueError, match=r"`seeds` must be one, which fixes weights and images\. Received: \(0, 1\)"):
        rows.compare(options(tmp_path, seeds=(0, 1)))


def test_what_is_missing_is_said_printed_and_stored(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(rows, "SECTIONS", {"depth": "Depth"})
    jobs = [{"name": "ours", "backend": "any"}, {"name": "theirs", "backend": "any", "needs": ["no_such_module"]}]
    monkeypatch.setattr("benchmarks.speed.sections.depth.jobs", lambda backends, smoke: jobs)
    monkeypatch.setattr("benchmarks.speed.sections.depth.run", lambda job: {"seconds": 1.0})
    results = rows.compare(options(tmp_path))
    line = "left out: theirs, since no_such_module cannot be imported here"
    assert results["setting"]["left_out"] == [line]
    assert f"{line}\n" in capsys.readouterr().out
    (run,) = results["runs"]
    assert (run["name"], run["section"], run["seed"], run["seconds"]) == ("ours", "depth", 0, 1.0)
    assert results["machines"][run["machine"]]["backend"] == keras.backend.backend()


def test_all_jobs_have_different_names_and_each_its_section():
    backends = BACKENDS
    jobs = [job for name in SECTIONS for job in section(name).jobs(backends, smoke=False)]
    assert len({job["name"] for job in jobs}) == len(jobs)
    assert {job["backend"] for job in jobs} == set(backends)


def test_a_job_can_be_stored():
    jobs = [job for name in SECTIONS for job in section(name).jobs(("tensorflow",), smoke=False)]
    assert json.loads(json.dumps(jobs)) == jobs


def test_the_stored_results_have_every_section_with_command_machine_and_load():
    sections = set()
    for name in ("speed", "speed_tasks", "speed_frozen"):
        results = json.loads((script.RESULTS / f"{name}.json").read_text())
        assert results["command"].startswith("python -m benchmarks.speed")
        sections |= {run["section"] for run in results["runs"]}
        _check_runs(results)
    assert sections == set(SECTIONS)


def _check_runs(results):
    for run in results["runs"]:
        assert {"versions", "cpu_count", "cpu_model", "device"} <= set(results["machines"][run["machine"]])
        assert 0 <= run["load"]["others"] <= 1
