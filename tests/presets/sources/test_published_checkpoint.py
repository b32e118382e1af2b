"""The road of `from_preset("imagenet_reuse")`: a file of torch, a server, the converter, the same logits."""

import dataclasses
import pathlib
import shutil

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.converters import ConvNeXt, architectures
from keras_modnet.presets import registry
from training import checkpoints

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "converters" / "fixtures"
NAMES = tuple("abcde")
SMALL = {"depth": 3, "width": 8, "patch_size": 4, "image_size": 16, "num_classes": 5}
PATH = "/convnext_iso_small_1k_224_ema.pth"


@pytest.fixture
def published(server, answers, cache, tmp_path, monkeypatch):
    """A zoo with the entry `imagenet_reuse`, its architecture a small one, its file on the server."""
    small = ConvNeXt(class_names=NAMES, **SMALL)
    monkeypatch.setitem(architectures.DESCRIPTIONS, "convnext_isotropic_small", small)
    entry = dataclasses.replace(checkpoints.ENTRIES["imagenet_reuse"], url=server.url + PATH)
    checkpoints.write(entry, tmp_path / "zoo" / "imagenet_reuse")
    monkeypatch.setattr(registry, "zoo_folder", lambda: tmp_path / "zoo")
    server.answers[PATH] = answers.status(200, (FIXTURES / "convnext.pth").read_bytes())
    return np.load(FIXTURES / "convnext.npz")


def test_the_first_call_gives_the_published_networks_answers_and_the_second_asks_nobody(published, server):
    for _ in range(2):
        model = keras_modnet.from_preset("imagenet_reuse")
        logits = keras.ops.convert_to_numpy(model(published["images"], training=False))
        np.testing.assert_allclose(logits, published["logits"], atol=1e-4)
        (first, *_) = keras_modnet.decode_predictions(model, logits, top=1)
        assert first[0].name == NAMES[published["logits"][0].argmax()]
    assert server.asked == [f"GET {PATH}"]


def test_a_preset_that_was_saved_needs_neither_server_nor_converter(published, server, tmp_path):
    model = keras_modnet.from_preset("imagenet_reuse")
    model.set_ordering("imagenet", model.ordering("imagenet").repeat(step=1))
    again = keras_modnet.from_preset(model.save_to_preset(tmp_path / "own"))
    assert again.ordering("imagenet").blocks == (0, 1, 1, 2)
    assert again.class_names == {"imagenet": NAMES}
    assert server.asked == [f"GET {PATH}"]


def test_a_file_that_is_another_network_or_broken_off_is_one_line_and_heals(published, server, answers):
    whole = server.answers[PATH]
    faults = {
        "expected tensor 'stem.weight'": answers.status(200, (FIXTURES / "convmixer_relu.pth").read_bytes()),
        "broken off": answers.broken((FIXTURES / "convnext.pth").read_bytes()),
    }
    for found, answer in faults.items():
        server.answers[PATH] = answer
        with pytest.raises(keras_modnet.PresetError, match=found) as caught:
            keras_modnet.from_preset("imagenet_reuse")
        assert "\n" not in str(caught.value)
    server.answers[PATH] = whole
    assert keras_modnet.from_preset("imagenet_reuse").task_names == ("imagenet",)


def test_another_file_under_the_same_name_is_refused_once_one_was_trusted(published, server, answers, cache):
    keras_modnet.from_preset("imagenet_reuse")
    (kept,) = cache.rglob(PATH[1:])
    kept.unlink()
    (converted,) = cache.rglob("model.safetensors")
    shutil.rmtree(converted.parent)
    server.answers[PATH] = answers.status(200, (FIXTURES / "convnext_gamma.pth").read_bytes())
    with pytest.raises(keras_modnet.PresetError, match="SHA-256"):
        keras_modnet.from_preset("imagenet_reuse")
