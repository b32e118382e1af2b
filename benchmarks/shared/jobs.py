"""Many trainings as jobs: spread over processes, each result a file, so that a run goes on where it was stopped."""

import concurrent.futures
import json
import logging
import multiprocessing
import os
import pathlib

from benchmarks.shared.processes import run_here, run_in_new_process
from training.machine import machine
from training.output import write_json

# Small networks keep one core busy; with one thread each, as many jobs as there are cores run side by side.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


def run_jobs(function, jobs, folder, workers):
    """Runs every job that has no result yet.

    Args:
        function: importable function of a job, a dict of plain data with a `"name"`, that returns plain data.
        jobs: such dicts, with different names.
        folder: gets NAME.json of each job. A stored job that differs from the one of its name is refused.
        workers: processes to share the work, each with one thread; 1 works in this process, with its threads.

    Returns:
        One dict for each job, in their order: the job, its result, and the machine that it ran on.

    Raises:
        ValueError: a name occurs twice, or a stored job is of another setting.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = [job["name"] for job in jobs]
    if len(set(names)) < len(names):
        raise ValueError(f"`jobs` must have different names. Received: {sorted(names)}")
    jobs = [json.loads(json.dumps(job)) for job in jobs]
    missing = [job for job in jobs if not _is_done(folder / f"{job['name']}.json", job)]
    for job, result in _results(function, missing, workers):
        write_json(folder / f"{job['name']}.json", {"job": job, "result": result, "machine": machine()})
        print(f"{job['name']:<48} {_in_short(result)}", flush=True)
    return [_flat(json.loads((folder / f"{name}.json").read_text())) for name in names]


def _is_done(path, job):
    if not path.is_file():
        return False
    stored = json.loads(path.read_text())["job"]
    if stored != job:
        differs = sorted(key for key in {*stored, *job} if stored.get(key) != job.get(key))
        raise ValueError(f"`work_dir` must be empty or of the same setting. Received: {path}, whose {differs} differ.")
    return True


def _results(function, jobs, workers):
    """Yields `(job, result)` as they are done, so that each is stored at once."""
    if workers == 1:
        for job in jobs:
            yield job, function(job)
        return
    # New processes, since a fork of TensorFlow hangs; they read the environment when they start.
    former = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        context = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context, initializer=_quiet) as executor:
            futures = {executor.submit(function, job): job for job in jobs}
            for future in concurrent.futures.as_completed(futures):
                yield futures[future], future.result()
    finally:
        for name, value in former.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _quiet():
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def _flat(stored):
    return stored["job"] | stored["result"] | {"machine": stored["machine"]}


def _in_short(result):
    short = {key: value for key, value in result.items() if isinstance(value, int | float)}
    return "  ".join(f"{key} {value:.5g}" for key, value in short.items())


def run_one_by_one(jobs, options):
    """Runs jobs that measure time one after the other, each in a process of its own: they must not share processors.

    Args:
        jobs: as `processes.run_in_new_process` takes them.
        options: `script.Options`; of `workers` there is one. A toy runs in this process, on its backend.

    Returns:
        One dict for each job, as `run_jobs` returns it.
    """
    runs = run_jobs(run_here if options.smoke else run_in_new_process, jobs, options.work_dir, workers=1)
    # The machine as the job's own process saw it, with its backend.
    runs = [run | {"machine": run["process"]} for run in runs]
    for run in runs:
        del run["process"], run["module"]
    return runs


def collect(runs, command, setting):
    """Returns what a benchmark stores: its command, its setting, the runs, and the machines they ran on, each once.

    Args:
        runs: what `run_jobs` or `run_one_by_one` returned.
        command: the command line that makes it.
        setting: what all runs have in common, plain data.
    """
    machines = []
    rows = []
    for run in runs:
        row = dict(run)
        own = row.pop("machine")
        if own not in machines:
            machines.append(own)
        rows.append(row | {"machine": machines.index(own)})
    return {"command": command, "setting": setting, "machines": machines, "runs": rows}
