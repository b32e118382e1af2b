"""Two processes beside one, over the loopback address, in turns."""

import json
import os
import pathlib
import socket
import subprocess
import sys

ROOT = pathlib.Path(__file__).parent.parent.parent


def measure(job):
    """Measures steps a second of one process and of two, one after the other.

    Args:
        job: "steps", how many of each.

    Returns:
        Plain data: steps a second of one process, of two with twice the images in a step, and the efficiency.
    """
    alone, together = steps_per_second(1, job["steps"]), steps_per_second(2, job["steps"])
    return {"one": alone, "two": together, "efficiency_percent": 100 * together / alone}


def steps_per_second(workers, steps):
    """Returns the steps a second of some processes that train together."""
    ports = [_free_port() for _ in range(workers)]
    cluster = {"worker": [f"localhost:{port}" for port in ports]}
    started = [_start(cluster if workers > 1 else None, index, workers, steps) for index in range(workers)]
    ended = [process.communicate() for process in started]
    for process, (_, errors) in zip(started, ended, strict=True):
        if process.returncode != 0:
            raise RuntimeError(f"a process ended with status {process.returncode}:\n{errors}")
    return float(ended[0][0].splitlines()[-1])


def _start(cluster, index, workers, steps):
    environment = os.environ | {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"}
    if cluster is not None:
        environment["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": {"type": "worker", "index": index}})
    words = [sys.executable, "-m", "benchmarks.scale.worker", str(steps), str(workers)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(words, cwd=ROOT, env=environment, text=True, **pipes)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]
