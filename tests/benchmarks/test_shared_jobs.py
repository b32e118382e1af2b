import json

import pytest

from benchmarks.shared.jobs import collect, run_jobs

JOBS = [{"name": "a", "number": 2}, {"name": "b", "number": 3}]


def square(job):
    return {"squared": job["number"] ** 2}


def test_results_come_in_the_order_of_the_jobs_and_stay_as_files(tmp_path):
    runs = run_jobs(square, JOBS, tmp_path / "work", workers=1)
    assert [(run["name"], run["squared"]) for run in runs] == [("a", 4), ("b", 9)]
    stored = json.loads((tmp_path / "work" / "b.json").read_text())
    assert (stored["job"], stored["result"]) == (JOBS[1], {"squared": 9})


def test_what_has_a_result_is_not_run_again(tmp_path):
    run_jobs(square, JOBS[:1], tmp_path, workers=1)
    seen = []
    runs = run_jobs(lambda job: seen.append(job["name"]) or square(job), JOBS, tmp_path, workers=1)
    assert seen == ["b"]
    assert [run["squared"] for run in runs] == [4, 9]


def test_a_job_that_fails_leaves_the_others_results(tmp_path):
    def fail_at_b(job):
        if job["name"] == "b":
            raise RuntimeError("stopped")
        return square(job)

    with pytest.raises(RuntimeError, match="stopped"):
        run_jobs(fail_at_b, JOBS, tmp_path, workers=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json"]


def test_results_of_another_setting_are_refused(tmp_path):
    run_jobs(square, JOBS, tmp_path, workers=1)
    with pytest.raises(ValueError, match=r"`work_dir` must be .* Received: .*a\.json, whose \['number'\] differ"):
        run_jobs(square, [{"name": "a", "number": 4}], tmp_path, workers=1)


def test_a_name_occurs_once(tmp_path):
    with pytest.raises(ValueError, match=r"`jobs` must have different names\. Received: \['a', 'a'\]"):
        run_jobs(square, JOBS[:1] * 2, tmp_path, workers=1)
    assert not list(tmp_path.iterdir())


def test_machines_are_stored_once():
    runs = [{"value": value, "machine": {"cpu_count": count}} for value, count in ((1, 2), (2, 2), (3, 4))]
    collected = collect(runs, "python -m benchmarks.reuse", {"epochs": 1})
    assert collected["machines"] == [{"cpu_count": 2}, {"cpu_count": 4}]
    assert [run["machine"] for run in collected["runs"]] == [0, 0, 1]
    assert collected["command"] == "python -m benchmarks.reuse"
