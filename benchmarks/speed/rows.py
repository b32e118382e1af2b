"""The rows of `benchmarks.speed`: the jobs of every section, one at a time."""

import keras

from benchmarks.shared.jobs import collect, run_one_by_one
from benchmarks.shared.libraries import keep_installed
from benchmarks.shared.processes import BACKENDS
from benchmarks.speed.networks import CELL
from benchmarks.speed.sections import SECTIONS, section
from keras_modnet.checks import expect


def compare(options):
    """Measures the sections that are asked for, one job after the other: times must not share the processors.

    Args:
        options: `shared.script.Options`; of the seeds, which fix weights and images, there is one, and `workers`
            is not used. A toy runs in this process, on its backend.

    Returns:
        Plain data for JSON.

    Raises:
        ValueError: several seeds.
    """
    expect(len(options.seeds) == 1, "seeds", "one, which fixes weights and images", options.seeds)
    common = {"seed": options.seeds[0], "smoke": options.smoke}
    backends, left_out = _backends(options.smoke)
    jobs = [
        {"needs": []} | job | {"section": name, "module": section(name).__name__} | common
        for name in SECTIONS
        if name in options.only or not options.only
        for job in section(name).jobs(backends, options.smoke)
    ]
    jobs, lines = keep_installed(jobs)
    left_out += lines
    print("".join(f"{line}\n" for line in left_out), end="")
    return collect(run_one_by_one(jobs, options), options.command, {"cell": CELL, "left_out": left_out})


def _backends(smoke):
    """Returns the backends to run on, and a line for each that is missing."""
    if smoke:
        return (keras.backend.backend(),), []
    installed, lines = keep_installed(
        [{"name": f"everything on {own}", "own": own, "needs": [own]} for own in BACKENDS]
    )
    return tuple(backend["own"] for backend in installed), lines
