"""One job that measures time or memory, in a Python process of its own.

So a job has the backend that it asks for, imports and compiles from nothing, and its peak of memory is its own.
"""

import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parent.parent.parent
BACKENDS = ("tensorflow", "jax", "torch")


def run_in_new_process(job):
    """Runs a job in a new Python process.

    Args:
        job: plain data with "name", "module", the dotted name of the one whose `run(job)` runs it, and "backend".

    Returns:
        What `run_here` returned there.

    Raises:
        RuntimeError: the process failed; the message is what it wrote.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "result.json"
        run_python(["-m", "benchmarks.shared.processes", json.dumps(job), str(file)], job["backend"], job["name"])
        return json.loads(file.read_text())


def run_python(arguments, backend, name):
    """Runs a Python process and returns what it printed.

    Args:
        arguments: what follows `python` on the command line.
        backend: Keras backend of the process.
        name: what it does, for the error.

    Raises:
        RuntimeError: the process failed; the message is what it wrote.
    """
    environment = os.environ | {"KERAS_BACKEND": backend}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{name} ended with status {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def run_here(job):
    """Runs a job in this process.

    Args:
        job: as for `run_in_new_process`; its backend is that of this process.

    Returns:
        What the module's `run` returned, with "load", what else kept the processors busy in the meantime, and
        "process", the machine and the versions.
    """
    module = importlib.import_module(job["module"])
    # Imported late: it imports Keras, which the process that only starts others can do without.
    from benchmarks.shared.machine import LoadOfOthers, describe

    load = LoadOfOthers()
    result = module.run(job)
    return result | {"load": load.now(), "process": describe()}


if __name__ == "__main__":
    given, output = sys.argv[1:]
    pathlib.Path(output).write_text(json.dumps(run_here(json.loads(given))))
