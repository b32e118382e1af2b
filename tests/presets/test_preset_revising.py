"""Another card for a preset that is there."""

import pytest

from keras_modnet.presets import PresetError, read_preset, revise_card


def test_facts_and_text_are_replaced_and_everything_else_keeps_its_bytes(preset, card):
    (preset / "notes.txt").write_text("not of the preset")
    before = {path.name: path.read_bytes() for path in preset.iterdir()}
    tensors = read_preset(preset).metadata["tensors"]
    assert revise_card(preset, card, "# Other\n") == preset
    contents = read_preset(preset)
    assert contents.metadata["card"] == card
    assert contents.metadata["tensors"] == tensors
    assert (preset / "README.md").read_text() == "# Other\n"
    kept = before.keys() - {"README.md", "metadata.json"}
    assert {name: (preset / name).read_bytes() for name in kept} == {name: before[name] for name in kept}
    assert {path.name for path in preset.iterdir()} == before.keys()


def test_a_card_edited_by_hand_or_missing_is_no_obstacle(preset, card):
    (preset / "README.md").write_text("# Edited\n")
    revise_card(preset, card, "# First\n")
    (preset / "README.md").unlink()
    revise_card(preset, card, "# Second\n")
    assert read_preset(preset).metadata["card"] == card
    assert (preset / "README.md").read_text() == "# Second\n"


def test_equal_arguments_give_equal_bytes(preset, card):
    revise_card(preset, card, "# Other\n")
    once = (preset / "metadata.json").read_bytes()
    revise_card(preset, card, "# Other\n")
    assert (preset / "metadata.json").read_bytes() == once


@pytest.mark.parametrize(
    ("card", "text", "message"),
    [
        ({"licence": 3}, "# Other\n", "metadata.json: expected .*licence"),
        ({"controls": {"once": {"digits": {"std": 1.0}}}}, "# Other\n", "metadata.json: expected .*controls"),
        ({"limits": float("nan")}, "# Other\n", "metadata.json: expected plain JSON values and finite numbers"),
        ({}, b"# Other\n", "`text` must be text. Received: 'bytes'"),
    ],
)
def test_what_is_no_card_is_refused_and_changes_nothing(preset, card, text, message):
    before = {path.name: path.read_bytes() for path in preset.iterdir()}
    with pytest.raises(ValueError, match=message):
        revise_card(preset, card, text)
    assert {path.name: path.read_bytes() for path in preset.iterdir()} == before


def test_altered_weights_are_not_sealed_anew(preset, card):
    (preset / "model.safetensors").write_bytes(b"other")
    with pytest.raises(PresetError, match=r"model\.safetensors: expected"):
        revise_card(preset, card, "# Other\n")
    assert (preset / "README.md").read_text() == "# Tiny\n"
