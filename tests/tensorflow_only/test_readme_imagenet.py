"""The block of the README that reads pictures by `imagenet_reuse`, with a small network in its place."""

import pathlib
import re
import shutil

import numpy as np
import pytest
from PIL import Image

import keras_modnet
from keras_modnet.converters import ConvNeXt, architectures
from keras_modnet.presets import registry
from training import checkpoints

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture
def zoo(tmp_path, monkeypatch):
    """The zoo, but that `imagenet_reuse` is a small network, whose file was put into the cache by hand."""
    sizes = {"depth": 3, "width": 8, "patch_size": 4, "image_size": 16, "num_classes": 5}
    small = ConvNeXt(class_names=tuple("abcde"), **sizes)
    monkeypatch.setitem(architectures.DESCRIPTIONS, "convnext_isotropic_small", small)
    entry = checkpoints.ENTRIES["imagenet_reuse"]
    checkpoints.write(entry, tmp_path / "zoo" / "imagenet_reuse")
    shutil.copytree(ROOT / "zoo" / "digits_reuse", tmp_path / "zoo" / "digits_reuse")
    monkeypatch.setattr(registry, "zoo_folder", lambda: tmp_path / "zoo")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras_home"))
    file = tmp_path / "keras_home" / "keras_modnet" / "downloads" / entry.url.rpartition("/")[2]
    file.parent.mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "converters" / "fixtures" / "convnext.pth", file)


def test_the_classifier_of_the_readme_names_what_it_sees(zoo, tmp_path, monkeypatch, capsys):
    # The other examples are those of tests/docs/test_examples.py; this one downloads its network.
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    [block] = [block for block in blocks if block.startswith('model = keras_modnet.from_preset("imagenet_reuse")')]
    monkeypatch.chdir(tmp_path)
    for name in ("tench.jpg", "owl.png"):
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 30, 3)).astype("uint8")).save(name)
    names = {"keras_modnet": keras_modnet}
    exec(compile(block, "README.md", "exec"), names)
    assert [len(answer) for answer in names["answers"]] == [5, 5]
    assert {prediction.name for prediction in names["answers"][0]} == set("abcde")
    assert "Prediction" in capsys.readouterr().out
