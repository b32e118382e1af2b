"""The sections of `benchmarks.speed`: each makes jobs, runs one, has promises, kept or not, and a table."""

import importlib

# In the order of the tables; `sections.NAME` is the section's module.
SECTIONS = {
    "training": "A training step",
    "memory": "Peak memory of training",
    "latency": "A prediction",
    "depth": "Deep orderings",
    "tasks": "Many tasks",
    "frozen": "A head on a frozen bank",
    "input": "Input",
    "precision": "Half precision and XLA",
    "start": "The beginning",
    "hub": "Loading, beside keras-hub",
    "growth": "How cost grows",
}


def section(name):
    """Returns the module of a section: `jobs(backends, smoke)`, `run(job)`, `promises(runs)` and `table(runs)`."""
    return importlib.import_module(f"benchmarks.speed.sections.{name}")
