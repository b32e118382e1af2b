"""The command as a person has it: exit codes, one line, and a signal that costs nothing."""

import os
import pathlib
import signal
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[2]
RECIPE = """
from training.recipe import Recipe

RECIPE = Recipe(
    name="own", description="d", licence="CC0-1.0", limits="l", data={"digits": "mnist"},
    model={"image_shape": (4, 4, 1), "num_blocks": 1, "num_steps": 1, "width": 4, "patch_size": 2},
    epochs=2000, search_epochs=0, orderings={"digits": [0]}, batch_size=4, statistics_batches=1,
)
"""


def command(folder, *flags):
    words = [sys.executable, "-m", "training.run", f"--recipe={folder}/own.py", "--seeds=0", *flags]
    return {"args": words, "cwd": ROOT, "env": os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}, "text": True}


def run(folder, *flags):
    return subprocess.run(**command(folder, *flags), capture_output=True, check=False, timeout=120)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own.py").write_text(RECIPE)
    arrays = {}
    for split in ("train", "test"):
        arrays |= {f"x_{split}": np.zeros((4, 28, 28), "uint8"), f"y_{split}": np.arange(4)}
    np.savez(tmp_path / "mnist.npz", **arrays)
    return tmp_path


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--data_dir=nowhere", "--output_dir=o"], "--data_dir must be a folder. Received: 'nowhere'"),
        (["--epochs=none", "--output_dir=o"], "flag --epochs=none"),
        (["--no_such_flag"], "no_such_flag"),
        (["--seeds=x", "--output_dir=o"], "--seeds must be whole numbers"),
        ([], "--output_dir"),
    ],
)
def test_a_wrong_argument_is_one_line_and_exit_code_2(folder, flags, words):
    ended = run(folder, *flags)
    assert ended.returncode == 2
    assert ended.stdout == ""
    [line] = ended.stderr.splitlines()
    assert line.startswith("run.py: ")
    assert words in line


def test_a_folder_that_takes_no_file_costs_no_step(folder):
    ended = run(folder, f"--data_dir={folder}", f"--output_dir={folder}/own.py/inside")
    assert ended.returncode == 1
    assert "epoch" not in ended.stdout
    assert ended.stderr.splitlines()[-1].startswith(f"run.py: cannot write {folder}/own.py/inside")
    assert "Traceback" not in ended.stderr


def test_a_signal_stops_the_command_in_one_line_and_it_goes_on(folder):
    flags = [f"--data_dir={folder}", f"--output_dir={folder}/out"]
    process = subprocess.Popen(**command(folder, *flags), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for line in process.stdout:
        if line.startswith("epoch"):
            break
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in errors
    last = errors.splitlines()[-1]
    assert last.startswith("run.py: SIGTERM: stopped at epoch ")
    assert last.endswith("The same command goes on from there.")
    # The newest two, and the first one of the stage.
    assert len(list((folder / "out" / "seed_0_checkpoints").glob("*.npz"))) in (1, 2, 3)
