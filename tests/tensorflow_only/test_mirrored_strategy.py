"""Two devices train like one: same global batch, same losses, same weights, statistics of the batch norms included."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

SCRIPT = pathlib.Path(__file__).with_name("mirrored_training.py")
# Sums in another order give about 1e-7 a step; six steps of a chaotic map multiply that.
TOLERANCE = 2e-5


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    path = tmp_path_factory.mktemp("mirrored") / "results.npz"
    environment = os.environ | {"PYTHONPATH": str(SCRIPT.parents[2])}
    finished = subprocess.run(
        [sys.executable, SCRIPT, path], env=environment, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    with np.load(path) as arrays:
        return dict(arrays)


def of(results, router, devices):
    prefix = f"{router}/{devices}/"
    return {name.removeprefix(prefix): value for name, value in results.items() if name.startswith(prefix)}


def test_there_were_two_replicas(results):
    assert results["replicas"] == 2


@pytest.mark.parametrize("router", ["hard", "drawing"])
def test_two_devices_train_like_one(results, router):
    one, two = of(results, router, "one"), of(results, router, "two")
    assert list(one) == list(two)
    for name, value in one.items():
        np.testing.assert_allclose(two[name], value, rtol=TOLERANCE, atol=TOLERANCE, err_msg=name)


@pytest.mark.parametrize("router", ["hard", "drawing"])
def test_training_moved_what_is_compared(results, router):
    one = of(results, router, "one")
    assert one["losses"][-1] != one["losses"][0]
    assert np.abs(one["tasks/digits/norm/norm1/mean"]).min() > 100 * TOLERANCE
    assert np.abs(one["tasks/digits/ordering/logits"]).max() > 100 * TOLERANCE
