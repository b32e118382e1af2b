import dataclasses
import json
import re

import keras
import pytest

from benchmarks import script, speed_rows
from benchmarks.speed_parts import growth
from benchmarks.speed_parts.networks import CELL, TASK, TOY_CELL, cell_macs, make_modnet

MACHINE = {
    "backend": "jax",
    "versions": {"jax": "1.0", "keras": "3.0"},
    "cpu_count": 2,
    "processor": "x86_64",
    "cpu_model": "a processor",
    "device": "cpu:0",
}


def options(tmp_path, **changes):
    own = script.Options(None, str(tmp_path), seeds=(0,), workers=1, smoke=True, command="--smoke")
    return dataclasses.replace(own, **changes)


def test_there_is_one_seed(tmp_path):
    with pytest.raises(ValueError, match=r"`seeds` must be one, which fixes weights and images\. Received: \(0, 1\)"):
        speed_rows.compare(options(tmp_path, seeds=(0, 1)))


def test_what_is_missing_is_said_printed_and_stored(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(speed_rows, "SECTIONS", {"depth": "Depth"})
    jobs = [{"name": "ours", "backend": "any"}, {"name": "theirs", "backend": "any", "needs": ["no_such_module"]}]
    monkeypatch.setattr("benchmarks.speed_parts.depth.jobs", lambda backends, smoke: jobs)
    monkeypatch.setattr("benchmarks.speed_parts.depth.run", lambda job: {"seconds": 1.0})
    results = speed_rows.compare(options(tmp_path))
    line = "left out: theirs, since no_such_module cannot be imported here"
    assert results["setting"]["left_out"] == [line]
    assert f"{line}\n" in capsys.readouterr().out
    (run,) = results["runs"]
    assert (run["name"], run["section"], run["seed"], run["seconds"]) == ("ours", "depth", 0, 1.0)
    assert results["machines"][run["machine"]]["backend"] == keras.backend.backend()


def test_all_jobs_have_different_names_and_each_its_section():
    backends = speed_rows.BACKENDS
    jobs = [job for name in speed_rows.SECTIONS for job in speed_rows.section(name).jobs(backends, smoke=False)]
    assert len({job["name"] for job in jobs}) == len(jobs)
    assert {job["backend"] for job in jobs} == set(backends)


def test_the_figures_say_where_they_come_from():
    runs = [{"load": {"others": share}} for share in (0.02, 0.5)]
    results = {
        "command": "python -m benchmarks.speed --seeds=0",
        "machines": [MACHINE],
        "runs": runs,
        "setting": {"left_out": ["left out: a row"]},
    }
    assert speed_rows.origin(results) == (
        "`python -m benchmarks.speed --seeds=0`; jax 1.0, Keras 3.0, 2 CPU cores (x86_64, a processor), computing on "
        "cpu:0; other processes used 2 to 50 % of the processors. Left out: a row."
    )


def grown(power):
    """A made-up run in which time grows as a power of the width."""
    sizes = [16, 32, 64]
    times = [{"minimum": size**power / 1e4, "median": size**power / 1e4, "repeats": 3} for size in sizes]
    macs = [1e6 * size**2 for size in sizes]
    return {
        "factor": "width",
        "backend": "tensorflow",
        "sizes": sizes,
        "macs": {"predict": macs, "train": [3 * own for own in macs]},
        "times": {"predict": times, "train": times},
        "peak": 1e11,
    }


def test_the_laws_of_growth_are_found():
    assert growth.laws(grown(1.5), "train") == pytest.approx({"size": 1.5, "macs": 0.75, "counted": 2.0})


def test_where_multiply_adds_do_not_grow_time_has_no_law_in_them():
    run = grown(0.5)
    run["macs"]["predict"] = [1e6, 1e6, 1e6]
    law = growth.laws(run, "predict")
    assert (law["macs"], law["counted"]) == (None, 0.0)


def test_growth_has_a_picture_and_a_share_of_the_peak(tmp_path):
    growth.draw([grown(1.0), grown(2.0)], tmp_path / "growth.png")
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")
    # 3 * 4096e6 multiply-adds in 6.4 ms are 1.92e12 a second, of 1e11.
    assert re.search(r"width, 16 to 64: training step.* 3840\.0 \| 1920 % \|$", growth.table([grown(1.0)]))


@pytest.mark.parametrize("cell", [CELL, TOY_CELL, CELL | {"width": 8, "patch_size": 2, "num_steps": 3}])
def test_the_multiply_adds_of_a_cell_are_those_of_its_network(cell):
    assert cell_macs(cell) == make_modnet(cell, seed=0).count_macs(TASK)


def test_a_job_can_be_stored():
    jobs = [job for name in speed_rows.SECTIONS for job in speed_rows.section(name).jobs(("tensorflow",), smoke=False)]
    assert json.loads(json.dumps(jobs)) == jobs


def test_the_stored_results_have_every_section_with_command_machine_and_load():
    results = json.loads((script.RESULTS / "speed.json").read_text())
    assert results["command"].startswith("python -m benchmarks.speed")
    assert {run["section"] for run in results["runs"]} == set(speed_rows.SECTIONS)
    for run in results["runs"]:
        assert {"versions", "cpu_count", "cpu_model", "device"} <= set(results["machines"][run["machine"]])
        assert 0 <= run["load"]["others"] <= 1
