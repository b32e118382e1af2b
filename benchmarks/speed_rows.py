"""The sections of `benchmarks.speed`: each makes jobs, runs one at a time, has promises, kept or not, and a table."""

import importlib

import keras

from benchmarks.jobs import collect, run_jobs
from benchmarks.speed_parts.cells import promises_table
from benchmarks.speed_parts.job import run_here, run_in_new_process
from benchmarks.speed_parts.libraries import keep_installed
from benchmarks.speed_parts.networks import CELL
from keras_modnet.checks import expect

# In the order of the tables; `speed_parts.NAME` is the section's module.
SECTIONS = {
    "training": "A training step",
    "memory": "Peak memory of training",
    "latency": "A prediction",
    "depth": "Deep orderings",
    "tasks": "Many tasks",
    "input": "Input",
    "precision": "Half precision and XLA",
    "start": "The beginning",
    "hub": "Loading, beside keras-hub",
    "growth": "How cost grows",
}
# The first is the one of the sections that need no second.
BACKENDS = ("tensorflow", "jax", "torch")


def compare(options):
    """Measures every section, one job after the other: times must not share the processors.

    Args:
        options: `benchmarks.script.Options`; of the seeds, which fix weights and images, there is one, and `workers`
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
        {"needs": []} | job | {"section": name} | common
        for name in SECTIONS
        for job in section(name).jobs(backends, options.smoke)
    ]
    jobs, lines = keep_installed(jobs)
    left_out += lines
    print("".join(f"{line}\n" for line in left_out), end="")
    runs = run_jobs(run_here if options.smoke else run_in_new_process, jobs, options.work_dir, workers=1)
    # The machine as the job's own process saw it, with its backend.
    runs = [run | {"machine": run["process"]} for run in runs]
    for run in runs:
        del run["process"]
    return collect(runs, options.command, {"cell": CELL, "left_out": left_out})


def section(name):
    """Returns the module of a section: `jobs(backends, smoke)`, `run(job)`, `promises(runs)` and `table(runs)`."""
    return importlib.import_module(f"benchmarks.speed_parts.{name}")


def _backends(smoke):
    """Returns the backends to run on, and a line for each that is missing."""
    if smoke:
        return (keras.backend.backend(),), []
    installed, lines = keep_installed(
        [{"name": f"everything on {own}", "own": own, "needs": [own]} for own in BACKENDS]
    )
    return tuple(backend["own"] for backend in installed), lines


def _runs(results, name):
    return [run for run in results["runs"] if run["section"] == name]


def table(results):
    """Returns what was promised beside what was measured, and a table for each section, as Markdown.

    Args:
        results: what `compare` returned.
    """
    parts, kept = [], []
    for name, title in SECTIONS.items():
        runs = _runs(results, name)
        if runs:
            kept += section(name).promises(runs)
            parts.append(f"### {title}\n\n{section(name).table(runs)}")
    return "\n\n".join([promises_table(kept), *parts])


def draw(results, path):
    """Draws how cost grows.

    Args:
        results: what `compare` returned.
        path: file to write.
    """
    section("growth").draw(_runs(results, "growth"), path)


def origin(results):
    """Returns where the figures come from: command, machines, versions, and how busy others kept the processors.

    Args:
        results: what `compare` returned.
    """
    machines = "; ".join(
        f"{machine['backend']} {machine['versions'][machine['backend']]}, Keras {machine['versions']['keras']}, "
        f"{machine['cpu_count']} CPU cores ({machine['processor']}, {machine['cpu_model']}), computing on "
        f"{machine['device']}"
        for machine in results["machines"]
    )
    others = [run["load"]["others"] for run in results["runs"]]
    load = f"other processes used {100 * min(others):.0f} to {100 * max(others):.0f} % of the processors"
    left_out = "".join(f" {line[0].upper()}{line[1:]}." for line in results["setting"]["left_out"])
    return f"`{results['command']}`; {machines}; {load}.{left_out}"
