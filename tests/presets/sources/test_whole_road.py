"""From the first line of a user to logits: `from_preset` with a server, without one, and in two processes at once."""

import pathlib
import subprocess
import sys
import threading

import numpy as np
import pytest

import keras_modnet
from keras_modnet.presets import host_weights, registry

ROOT = pathlib.Path(__file__).resolve().parents[3]
PATH = "/tiny.safetensors"
# Presets alone, without the rest of the package and without Keras's progress bar, start in a tenth of the time.
CODE = """
import pathlib, sys, types
zoo, package = map(pathlib.Path, sys.argv[1:])
sys.modules["keras_modnet"] = types.ModuleType("keras_modnet")
sys.modules["keras_modnet"].__path__ = [str(package)]
from keras_modnet.presets import find_preset, read_preset, registry
from keras_modnet.presets.sources import transfer
registry.zoo_folder = lambda: zoo
transfer.byte_progress = lambda title, size: lambda count: None
print(sorted(read_preset(find_preset("tiny")).tensors))
assert "keras" not in sys.modules
"""


@pytest.fixture
def tiny(make_model, server, answers, cache, tmp_path, monkeypatch):
    """The model that the zoo's entry `tiny` has to give; its weights are on the server."""
    model = make_model(compiled=False)
    model.set_ordering("digits", [2, 0, 0])
    folder = model.save_to_preset(tmp_path / "zoo" / "tiny")
    file = host_weights(folder, f"{server.url}{PATH}", tmp_path / "tiny.safetensors")
    server.answers[PATH] = answers.status(200, file.read_bytes())
    model.file = file
    monkeypatch.setattr(registry, "zoo_folder", lambda: tmp_path / "zoo")
    return model


def test_the_first_call_downloads_and_the_second_asks_nobody(tiny, images, server):
    for _ in range(2):
        again = keras_modnet.from_preset("tiny")
        np.testing.assert_array_equal(again.predict(images, verbose=0), tiny.predict(images, verbose=0))
        assert again.ordering("digits").blocks == (2, 0, 0)
    assert server.asked == [f"GET {PATH}"]


def test_without_weights_nobody_is_asked(tiny, server):
    again = keras_modnet.from_preset("tiny", load_weights=False)
    assert again.task_names == tiny.task_names
    assert server.asked == []


def test_a_wrong_hash_a_broken_transfer_and_no_file_are_one_error_each_and_heal(tiny, server, answers):
    data = tiny.file.read_bytes()
    faults = {
        "SHA-256": answers.status(200, data[:-1] + b"!"),
        "broken off": answers.broken(data),
        "answer 404": answers.status(404),
    }
    for found, answer in faults.items():
        server.answers[PATH] = answer
        with pytest.raises(keras_modnet.PresetError, match=found) as caught:
            keras_modnet.from_preset("tiny")
        assert "\n" not in str(caught.value)
    server.answers[PATH] = answers.status(200, data)
    assert keras_modnet.from_preset("tiny").task_names == tiny.task_names


def test_two_processes_at_once_both_get_the_whole(tiny, server, answers, tmp_path):
    # Each request waits for the other, so that both processes download at the same time.
    together = threading.Barrier(2, timeout=60)

    def answer(handler):
        together.wait()
        answers.status(200, tiny.file.read_bytes())(handler)

    server.answers[PATH] = answer
    command = [sys.executable, "-c", CODE, str(tmp_path / "zoo"), str(ROOT / "keras_modnet")]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, **pipes) for _ in range(2)]
    finished = [(*process.communicate(timeout=120), process.returncode) for process in started]
    for printed, errors, code in finished:
        assert code == 0, errors
        assert printed == f"{sorted(tiny.named_variables())}\n"
    assert server.asked == [f"GET {PATH}"] * 2


def test_upload_is_a_public_name():
    assert keras_modnet.upload_preset is keras_modnet.presets.upload_preset
