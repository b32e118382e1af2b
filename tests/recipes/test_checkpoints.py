"""Entries of the zoo for published checkpoints, written by a command."""

from types import SimpleNamespace

import pytest
from absl import app

from keras_modnet import PresetError, from_preset
from keras_modnet.converters import ConvNeXt, architectures
from keras_modnet.presets import describe_preset, read_preset, zoo_folder
from training import checkpoints

SIZES = {"depth": 3, "width": 4, "patch_size": 4, "image_size": 8, "num_classes": 2}
SMALL = ConvNeXt(class_names=("no", "yes"), **SIZES)


@pytest.fixture
def entry(tmp_path, monkeypatch):
    """The entry of `imagenet_reuse`, written with a small architecture in place of the published one."""
    monkeypatch.setitem(architectures.DESCRIPTIONS, "convnext_isotropic_small", SMALL)
    return checkpoints.write(checkpoints.ENTRIES["imagenet_reuse"], tmp_path / "imagenet_reuse")


def test_an_entry_describes_the_model_without_its_weights(entry):
    assert sorted(path.name for path in entry.iterdir()) == ["README.md", "config.json", "metadata.json"]
    contents = read_preset(entry, load_tensors=False)
    assert contents.config["model"] == SMALL.arguments()
    assert contents.metadata["tensors"]["bank/depthwise/kernel"]["shape"][0] == 3
    model = from_preset(entry, load_weights=False)
    info = describe_preset(entry)
    assert info.macs == {"imagenet": model.count_macs("imagenet")}
    assert (info.tasks, info.weights, info.licence, info.accuracy) == (("imagenet",), "download", "MIT", {})
    with pytest.raises(PresetError, match=r"model\.safetensors: expected the weights"):
        from_preset(entry)


def test_an_entry_says_where_its_weights_come_from_and_what_was_not_run(entry):
    metadata = read_preset(entry, load_tensors=False).metadata
    assert metadata["origin"] == {
        "kind": "checkpoint",
        "url": "https://dl.fbaipublicfiles.com/convnext/convnext_iso_small_1k_224_ema.pth",
        "file": "convnext_iso_small_1k_224_ema.pth",
        "bytes": None,
        "sha256": None,
        "architecture": "convnext_isotropic_small",
    }
    card = (entry / "README.md").read_text()
    assert "never loaded here" in card
    assert "neither was measured here" in card


def test_the_entry_of_features_names_its_repository_its_file_and_the_size_of_its_images(tmp_path):
    folder = checkpoints.write(checkpoints.ENTRIES["dinov2_reuse"], tmp_path / "dinov2_reuse")
    contents = read_preset(folder, load_tensors=False)
    origin = contents.metadata["origin"]
    assert (origin["url"], origin["file"]) == ("hf://facebook/dinov2-small", "model.safetensors")
    assert origin["image_size"] == contents.config["model"]["image_shape"][0] == 224
    card = (folder / "README.md").read_text()
    assert 'features = model.task("features").predict(images)' in card
    assert "images of 518 pixels a side; the position embeddings are interpolated for images of 224" in card
    assert "neither was measured here" in card


@pytest.mark.parametrize("name", checkpoints.ENTRIES)
def test_the_entry_of_the_zoo_is_what_its_command_writes(name, tmp_path):
    written, shipped = checkpoints.write(checkpoints.ENTRIES[name], tmp_path / name), zoo_folder() / name
    assert {path.name: path.read_bytes() for path in written.iterdir()} == {
        path.name: path.read_bytes() for path in shipped.iterdir()
    }


def test_an_unknown_name_is_a_usage_error(monkeypatch):
    monkeypatch.setattr(checkpoints, "ENTRY", SimpleNamespace(value="imagenet"))
    with pytest.raises(
        app.UsageError, match=r"--entry must be one of imagenet_reuse, dinov2_reuse\. Received: 'imagenet'"
    ):
        checkpoints.main(["checkpoints"])
