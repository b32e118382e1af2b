"""The rows of `benchmarks.demo`: every way of learning the task, over several seeds."""

import concurrent.futures
import itertools
import multiprocessing

from benchmarks.shared.digits_task import METHODS, common_setting, run_job, source_task
from training.machine import machine


def compare(num_seeds, epochs, folder, workers):
    """Adapts the preset to the task in every way, over several seeds; prints each result.

    Args:
        num_seeds: seeds of each method.
        epochs: epochs of each method.
        folder: folder that gets the last seed's model with "ordering + norms + head", as the preset `adapted/`.
        workers: processes to share the work; 1 works in this one.

    Returns:
        Plain data for JSON: the setting, one run for each method and seed, the machine.
    """
    kept = ("ordering + norms + head", num_seeds - 1)
    jobs = [
        (method, seed, epochs, source_task(), str(folder / "adapted") if (method, seed) == kept else None)
        for seed in range(num_seeds)
        for method in METHODS
    ]
    runs = []
    for run in spread(jobs, workers):
        runs.append(run)
        percent, seconds = run["accuracy_percent"], run["seconds"]
        print(f"seed {run['seed']}  {run['method']:<44} {percent:6.2f} %  {seconds:5.1f} s", flush=True)
    setting = common_setting(epochs) | {"source_task": source_task(), "command": "python -m benchmarks.demo"}
    return {"setting": setting, "runs": runs, "machine": machine()}


def spread(jobs, workers):
    """Yields the results of `run_job(*job)` for each job, in their order.

    Args:
        jobs: list of tuples of arguments.
        workers: processes to share the work; 1 works in this one.
    """
    if workers == 1:
        yield from itertools.starmap(run_job, jobs)
        return
    # Small networks keep one core busy; new processes, since a fork of TensorFlow hangs.
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as executor:
        yield from executor.map(run_job, *zip(*jobs, strict=True))
