"""One, two and four replicas train alike on the same global batches, an uneven last one and an empty share included."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

SCRIPT = pathlib.Path(__file__).with_name("replica_training.py")
# Sums in another order give about 1e-7 a step; nine steps of a chaotic map multiply that.
TOLERANCE = 2e-5
CASES = {2: ("steps", "several", "transformer", "outputs"), 4: ("fit", "steps", "convnext")}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Returns `{replicas: arrays by "case/devices/name"}`."""
    return {replicas: train(replicas, cases, tmp_path_factory.mktemp("replicas")) for replicas, cases in CASES.items()}


def train(replicas, cases, folder):
    path = folder / "results.npz"
    environment = os.environ | {"PYTHONPATH": str(SCRIPT.parents[2])}
    command = [sys.executable, SCRIPT, str(replicas), path, *cases]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert finished.returncode == 0, finished.stderr
    with np.load(path) as arrays:
        return dict(arrays)


@pytest.mark.parametrize(("replicas", "case"), [(replicas, case) for replicas, own in CASES.items() for case in own])
def test_replicas_train_like_one_device(results, replicas, case):
    found, one, several = results[replicas], *(f"{case}/{devices}/" for devices in ("one", "several"))
    names = [name.removeprefix(one) for name in found if name.startswith(one)]
    assert len(names) > 20
    for name in names:
        np.testing.assert_allclose(
            found[several + name], found[one + name], rtol=TOLERANCE, atol=TOLERANCE, err_msg=name
        )


def test_the_routers_were_pulled_by_their_losses(results):
    assert np.abs(results[4]["fit/one/tasks/digits/ordering/logits"]).min() > 100 * TOLERANCE
