"""Four devices of JAX train like one, whether they share the images or the blocks of the bank."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import keras_modnet

SCRIPT = pathlib.Path(__file__).with_name("device_training.py")
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    path = tmp_path_factory.mktemp("devices") / "results.npz"
    environment = os.environ | {
        "PYTHONPATH": str(SCRIPT.parents[2]),
        "KERAS_BACKEND": "jax",
        "XLA_FLAGS": "--xla_force_host_platform_device_count=4 --xla_backend_optimization_level=0",
    }
    command = [sys.executable, SCRIPT, path]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=240)
    assert finished.returncode == 0, finished.stderr
    with np.load(path) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("loop", ["fit", "steps"])
@pytest.mark.parametrize("way", ["data", "blocks"])
def test_four_devices_train_like_one(results, way, loop):
    assert results["devices"] == 4
    names = [name.removeprefix("one/fit/") for name in results if name.startswith("one/fit/")]
    names.remove("blocks_a_device")
    assert len(names) > 10
    for name in names:
        found, wanted = results[f"{way}/{loop}/{name}"], results[f"one/fit/{name}"]
        np.testing.assert_allclose(found, wanted, rtol=TOLERANCE, atol=TOLERANCE, err_msg=name)


@pytest.mark.parametrize(("way", "blocks"), [("data", 4), ("blocks", 1)])
def test_the_blocks_lie_where_the_layout_says(results, way, blocks):
    assert results[f"{way}/fit/blocks_a_device"].tolist() == [blocks, blocks]


def test_a_mesh_without_the_axis_is_refused():
    class Mesh:
        axis_names = ("batch",)

    with pytest.raises(ValueError, match="`axis` must be one of the mesh's axes"):
        keras_modnet.bank_layout_map(Mesh())
