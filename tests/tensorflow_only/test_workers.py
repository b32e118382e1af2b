"""Two processes of MultiWorkerMirroredStrategy train like one process with the same global batches."""

import json
import os
import pathlib
import socket
import subprocess
import sys

import numpy as np
import pytest

SCRIPT = pathlib.Path(__file__).with_name("worker_training.py")
TOLERANCE = 2e-5


def free_addresses(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = [f"127.0.0.1:{own.getsockname()[1]}" for own in sockets]
    for own in sockets:
        own.close()
    return addresses


def start(path, cluster=None, index=0):
    environment = os.environ | {"PYTHONPATH": str(SCRIPT.parents[2])}
    if cluster is not None:
        config = {"cluster": {"worker": cluster}, "task": {"type": "worker", "index": index}}
        environment |= {"TF_CONFIG": json.dumps(config)}
    with open(path.with_suffix(".log"), "w") as log:
        return subprocess.Popen([sys.executable, SCRIPT, path], env=environment, stdout=log, stderr=log)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder, cluster = tmp_path_factory.mktemp("workers"), free_addresses(2)
    paths = [folder / f"{name}.npz" for name in ("first", "second", "alone")]
    processes = [start(paths[0], cluster, 0), start(paths[1], cluster, 1), start(paths[2])]
    try:
        codes = [process.wait(timeout=240) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert codes == [0, 0, 0], [path.with_suffix(".log").read_text()[-2000:] for path in paths]
    return {path.stem: dict(np.load(path)) for path in paths}


@pytest.mark.parametrize("loop", ["steps", "own"])
@pytest.mark.parametrize("worker", ["first", "second"])
def test_workers_train_like_one_process(results, worker, loop):
    alone = {name.removeprefix("steps/"): value for name, value in results["alone"].items() if name != "chief"}
    assert len(alone) > 20
    for name, value in alone.items():
        np.testing.assert_allclose(
            results[worker][f"{loop}/{name}"], value, rtol=TOLERANCE, atol=TOLERANCE, err_msg=name
        )


def test_the_first_worker_alone_writes_files(results):
    assert [bool(results[name]["chief"]) for name in ("first", "second", "alone")] == [True, False, True]
