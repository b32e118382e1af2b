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
RECIPE = """
from training.recipe import Recipe

RECIPE = Recipe(
    name="own", description="d", licence="CC0-1.0", limits="l", data={"digits": "mnist"},
    model={"image_shape": (4, 4, 1), "num_blocks": 2, "num_steps": 2, "width": 4, "patch_size": 2},
    epochs=2, search_epochs=0, orderings={"digits": [0, 1]}, batch_size=6, statistics_batches=1,
)
"""


def free_addresses(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = [f"127.0.0.1:{own.getsockname()[1]}" for own in sockets]
    for own in sockets:
        own.close()
    return addresses


def start(path, arguments, cluster=None, index=0):
    environment = os.environ | {"PYTHONPATH": str(SCRIPT.parents[2])}
    if cluster is not None:
        config = {"cluster": {"worker": cluster}, "task": {"type": "worker", "index": index}}
        environment |= {"TF_CONFIG": json.dumps(config)}
    with open(path.with_suffix(".log"), "w") as log:
        return subprocess.Popen([sys.executable, *arguments], env=environment, stdout=log, stderr=log)


def run_all(folder, together, alone):
    """Runs a program as two machines and as one alone, each told its own path; returns the paths' stems."""
    cluster, names = free_addresses(2), ("first", "second", "alone")
    paths = [folder / name for name in names]
    processes = [start(path, together(path), cluster, index) for index, path in enumerate(paths[:2])]
    processes.append(start(paths[2], alone(paths[2])))
    try:
        codes = [process.wait(timeout=600) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert codes == [0, 0, 0], [path.with_suffix(".log").read_text()[-2000:] for path in paths]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workers")
    run_all(folder, *[lambda path: [SCRIPT, f"{path}.npz"]] * 2)
    return {path.stem: dict(np.load(path)) for path in folder.glob("*.npz")}


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


def test_the_command_trains_on_two_machines_and_the_first_alone_writes(tmp_path):
    (tmp_path / "own.py").write_text(RECIPE)
    generator, arrays = np.random.default_rng(0), {}
    for split, count in (("train", 15), ("test", 40)):
        images = generator.integers(0, 256, (count, 28, 28)).astype("uint8")
        arrays |= {f"x_{split}": images, f"y_{split}": np.arange(count) % 10}
    np.savez(tmp_path / "mnist.npz", **arrays)

    def alone(path):
        flags = [f"--recipe={tmp_path}/own.py", "--seeds=0", f"--data_dir={tmp_path}", f"--output_dir={path}"]
        return ["-m", "training.run", *flags]

    run_all(tmp_path, lambda path: [*alone(path), "--strategy=multi_worker"], alone)
    assert not (tmp_path / "second").exists()
    one, two = (json.loads((tmp_path / name / "results.json").read_text()) for name in ("alone", "first"))
    assert two["accuracy_percent"] == one["accuracy_percent"]
    losses = [results["runs"][0]["history"]["loss"] for results in (one, two)]
    assert len(losses[0]) == 2
    np.testing.assert_allclose(losses[1], losses[0], rtol=TOLERANCE)
