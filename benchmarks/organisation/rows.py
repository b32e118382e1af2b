"""The rows of `benchmarks.organisation`: one bank for each seed, the orderings of its tasks, their similarity."""

import dataclasses

import numpy as np
from absl import app

from benchmarks.organisation.data import DATA, GROUPS
from benchmarks.organisation.run import BUDGET, MODEL, orderings_of, run_job
from benchmarks.shared.jobs import collect, run_jobs
from keras_modnet.analysis import block_use_overlap, ordering_distances, relatedness_test


def compare(options):
    """Trains one bank for each seed and tests how its orderings group.

    Args:
        options: `shared.script.Options`.

    Returns:
        Plain data for JSON.
    """
    if options.data_dir is None:
        raise app.UsageError("--data_dir is needed: the emoji styles are no tensorflow-datasets")
    common = {"data_dir": options.data_dir, "smoke": options.smoke}
    jobs = [{"name": f"seed{seed}", "seed": seed} | common for seed in options.seeds]
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        del run["data_dir"], run["name"]
    setting = {"data": DATA, "groups": GROUPS, "model": MODEL, **BUDGET}
    return collect(runs, options.command, setting) | {"tests": _tests(runs)}


def _tests(runs):
    """Returns, for both similarities, related against unrelated pairs over all seeds, as plain data."""
    names = list(runs[0]["orderings"])
    related = [[names.index(task) for task in group if task in names] for group in GROUPS.values()]
    tests = {}
    for similarity, function in (("equal steps", _equal_steps), ("block use", block_use_overlap)):
        matrices = np.array([function(list(orderings_of(run).values())) for run in runs])
        own = relatedness_test(matrices, [group for group in related if group])
        tests[similarity] = dataclasses.asdict(own)
    return tests


def _equal_steps(orderings):
    return 1 - ordering_distances(orderings)
