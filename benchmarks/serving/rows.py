"""The rows of `benchmarks.serving`: numbers of tasks, and sizes of batches."""

from benchmarks.serving.networks import NETWORKS
from benchmarks.shared.jobs import collect, run_one_by_one
from keras_modnet.checks import expect

NUM_TASKS = (1, 4, 16, 64)
BATCH_SIZES = (1, 8, 64)
# Tasks that requests for several tasks are for.
MIXED_TASKS = 8


def compare(options):
    """Exports, loads and asks every network, one job after the other: times must not share the processors.

    Args:
        options: `shared.script.Options`; of the seeds, which fix weights and orderings, there is one.

    Returns:
        Plain data for JSON.

    Raises:
        ValueError: several seeds.
    """
    expect(len(options.seeds) == 1, "seeds", "one, which fixes weights and orderings", options.seeds)
    jobs = (
        _jobs(("toy",), (2,), (2,), 2)
        if options.smoke
        else _jobs(tuple(NETWORKS)[1:], NUM_TASKS, BATCH_SIZES, MIXED_TASKS)
    )
    jobs = [job | {"seed": options.seeds[0], "smoke": options.smoke} for job in jobs]
    return collect(run_one_by_one(jobs, options), options.command, {"left_out": []})


def _jobs(networks, num_tasks, batch_sizes, mixed_tasks):
    jobs = []
    for network in networks:
        own = {"network": network, "backend": "tensorflow"}
        jobs += [
            own | {"name": f"{network}_{count}_tasks", "module": "benchmarks.serving.sizes", "num_tasks": count}
            for count in num_tasks
        ]
        asked = {"batch_sizes": batch_sizes, "num_tasks": mixed_tasks}
        jobs.append(own | asked | {"name": f"{network}_requests", "module": "benchmarks.serving.requests"})
    return jobs
