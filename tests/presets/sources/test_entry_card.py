"""Another card for an entry whose weights are elsewhere."""

from keras_modnet.presets import find_preset, list_presets, read_preset, revise_card


def test_an_entry_takes_another_card_and_still_downloads_its_weights(hosted, tensors):
    revise_card(hosted.folder, {"licence": "MIT"}, "# Other\n")
    assert list_presets()["hosted"].licence == "MIT"
    assert (hosted.folder / "README.md").read_text() == "# Other\n"
    assert not (hosted.folder / "model.safetensors").exists()
    read = read_preset(find_preset("hosted")).tensors
    assert {name: array.tobytes() for name, array in read.items()} == {
        name: array.tobytes() for name, array in tensors.items()
    }
