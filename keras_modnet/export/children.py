"""Child processes that write and read what the parent's Keras backend cannot."""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from keras_modnet.export.network_files import save_network


def run_child(purpose, arguments):
    """Runs Python with the parent's modules on the CPU and on TensorFlow.

    Args:
        purpose: what the process does, a phrase for the error: "could not ...".
        arguments: strings that follow `python`.

    Raises:
        RuntimeError: the process failed; names the purpose and the end of what it wrote.
    """
    environment = os.environ | {
        "KERAS_BACKEND": "tensorflow",
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
        # The parent may hold all memory of an accelerator.
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    # -P: the folder of a script that is run by its path does not shadow other modules.
    command = [sys.executable, "-P", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"A child process could not {purpose}; it ended with:\n{done.stderr[-2000:]}")


def write_in_child(network, folder, options):
    """As `saved_files.write_saved_model`, from a process in which Keras does not run on TensorFlow.

    The child gets plain models and arrays, and not the `ModNet`: blocks that a user registered are known in the parent
    only.
    """
    with tempfile.TemporaryDirectory() as scratch:
        save_network(network, Path(scratch))
        given = [scratch, str(folder), json.dumps(dataclasses.asdict(options))]
        run_child("write the SavedModel", ["-m", "keras_modnet.export.write_file", *given])


def convert_in_child(network, file, images=None):
    """As `network_formats.write_network`, from a process in which Keras does not run on TensorFlow."""
    with tempfile.TemporaryDirectory() as scratch:
        saved, given = Path(scratch) / "network.keras", Path(scratch) / "images.npy"
        network.save(saved)
        arguments = [str(saved), str(file)]
        if images is not None:
            np.save(given, images)
            arguments += ["--images", str(given)]
        run_child(f"convert the network to {file.suffix}", ["-m", "keras_modnet.export.convert_file", *arguments])
