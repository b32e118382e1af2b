"""The road of `from_preset("dinov2_reuse")`: a file of transformers, a hub, the converter, the same features."""

import dataclasses
import pathlib
import sys

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.converters import architectures
from keras_modnet.presets import registry
from tests.converters.small_transformers import FEATURES, published_weights, write_weights
from training import checkpoints

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "converters" / "fixtures"
IMAGE = 8


@pytest.fixture
def file(tmp_path):
    """What the publisher's file consists of, as bytes."""
    return write_weights(published_weights("dinov2_transformers"), tmp_path / "published").read_bytes()


@pytest.fixture
def place(cache):
    """Path at which the file can be put by hand."""
    return cache / "downloads" / "facebook--dinov2-small" / "model.safetensors"


@pytest.fixture
def hub(local_hub, tmp_path, monkeypatch):
    """A hub without the file, and a zoo with the entry `dinov2_reuse`, its network a small one."""
    monkeypatch.setitem(architectures.DESCRIPTIONS, "dinov2_small", FEATURES)
    entry = dataclasses.replace(checkpoints.ENTRIES["dinov2_reuse"], image_size=IMAGE)
    checkpoints.write(entry, tmp_path / "zoo" / "dinov2_reuse")
    monkeypatch.setattr(registry, "zoo_folder", lambda: tmp_path / "zoo")
    return local_hub("facebook/dinov2-small")


def check_features():
    published = np.load(FIXTURES / "dinov2_transformers.npz")
    model = keras_modnet.from_preset("dinov2_reuse")
    features = keras.ops.convert_to_numpy(model(published[f"images_{IMAGE}"]))
    np.testing.assert_allclose(features, published[f"outputs_{IMAGE}"], atol=1e-4)
    return model


def test_the_first_call_gives_the_published_networks_features_and_the_second_asks_nobody(hub, file, server, place):
    hub.commit("main", {"model.safetensors": file, "config.json": b"{}", "pytorch_model.bin": b"another form of it"})
    assert keras_modnet.list_presets()["dinov2_reuse"].weights == "download"
    model = check_features()
    assert model.image_shape == (IMAGE, IMAGE, 3)
    fetched = {asked.split("/resolve/")[1] for asked in server.asked if "/resolve/" in asked}
    assert {name.rpartition("/")[2] for name in fetched} == {"model.safetensors"}
    server.asked.clear()
    check_features()
    assert server.asked == []
    assert keras_modnet.list_presets()["dinov2_reuse"].weights == "cached"
    assert place.read_bytes() == file


def test_a_task_of_ones_own_sees_class_token_and_patches(hub, file):
    hub.commit("main", {"model.safetensors": file})
    with pytest.warns(UserWarning, match="a fresh head of 10 classes: train it before use"):
        model = keras_modnet.from_preset("dinov2_reuse", num_classes=10)
    assert model(np.zeros((2, IMAGE, IMAGE, 3), "uint8")).shape == (2, 10)
    kernels = [variable for name, variable in model.named_variables().items() if name.endswith("head/kernel")]
    assert [kernel.shape for kernel in kernels] == [(2 * FEATURES.width, 10)]


def test_a_file_put_there_by_hand_needs_no_network(hub, file, server, place):
    with pytest.raises(keras_modnet.PresetError) as caught:
        keras_modnet.from_preset("dinov2_reuse")
    line = str(caught.value)
    assert "dinov2_reuse: expected the file model.safetensors from hf://facebook/dinov2-small" in line
    assert f"put it into {place.parent} by hand" in line
    assert "\n" not in line
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(file)
    server.asked.clear()
    check_features()
    assert server.asked == []


def test_without_the_hubs_package_one_line_says_how_to_get_the_file(hub, place, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(keras_modnet.PresetError) as caught:
        keras_modnet.from_preset("dinov2_reuse")
    assert "pip install huggingface_hub; put it into" in str(caught.value)
    assert not place.exists()


def test_another_network_under_the_name_is_refused_and_not_kept(hub, place):
    path = FIXTURES / "convmixer_gelu.safetensors"
    hub.commit("main", {"model.safetensors": path.read_bytes()})
    with pytest.raises(keras_modnet.PresetError, match=r"expected a checkpoint of dinov2_small; found .*'pos_embed'"):
        keras_modnet.from_preset("dinov2_reuse")
    assert not place.exists()
