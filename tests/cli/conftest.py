"""What the tests of the command line share: calls in this process, and a folder with pictures."""

import keras
import numpy as np
import PIL.Image
import pytest

from keras_modnet.cli.main import main

# The examples export, which needs TensorFlow on every backend; what commands call has tests on each.
collect_ignore = [] if keras.backend.backend() == "tensorflow" else ["test_command_examples.py"]


@pytest.fixture
def call(capsys):
    """Returns a function from words to `(exit code, output, error)`."""

    def run(*words):
        code = main(list(map(str, words)))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """Goes to a folder with `photos/`, six pictures in each of two classes, and `new/`, two pictures."""
    rng = np.random.default_rng(0)
    for place, light in (("photos/dark", 40), ("photos/light", 200)):
        (tmp_path / place).mkdir(parents=True)
        for index in range(6):
            save(tmp_path / place / f"{index}.png", light, rng)
    (tmp_path / "new").mkdir()
    for name, light in (("a.jpg", 40), ("b.jpg", 200)):
        save(tmp_path / "new" / name, light, rng)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save(path, light, rng):
    pixels = np.clip(rng.normal(light, 20, (20, 24, 3)), 0, 255).astype("uint8")
    PIL.Image.fromarray(pixels).save(path)
