"""The two JSON documents of a preset are parsed strictly and held to their schemas."""

import pytest

from keras_modnet.presets import PresetError, read_preset

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.safetensors"


@pytest.mark.parametrize("name", [CONFIG, METADATA])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "valid JSON"),
        (b"", "valid JSON"),
        (b"\xff\xfe", "valid JSON"),
        (b"[]", "found a JSON list in place of an object"),
        (b'{"a": NaN}', "NaN, which is not finite"),
        (b'{"a": -Infinity}', "-Infinity, which is not finite"),
        (b'{"a": 1e999}', "1e999, which is not finite"),
        (b'{"a": 1, "a": 2}', "the same key twice"),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", "levels of nesting"),
        (b'{"a": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", "levels of nesting"),
    ],
    ids=["open", "empty", "no text", "list", "nan", "infinite", "overflow", "twice", "deep", "bottomless"],
)
def test_json_that_cannot_be_trusted_is_refused(preset, seal, name, data, message):
    (preset / name).write_bytes(data)
    if name == CONFIG:
        seal(preset)
    with pytest.raises(PresetError, match=message) as caught:
        read_preset(preset)
    assert caught.value.file == str(preset / name)


@pytest.mark.parametrize("name", [CONFIG, METADATA])
def test_a_newer_format_says_to_update(preset, alter_json, seal, name):
    alter_json(preset / name, lambda document: document.update(format_version=2, novelty=True))
    seal(preset)
    with pytest.raises(PresetError, match=r"format_version 2: update keras_modnet\.$") as caught:
        read_preset(preset)
    assert caught.value.file == str(preset / name)


CONFIG_FAULTS = {
    "$": lambda config: config.update(code="print()"),
    "$.format_version": lambda config: config.update(format_version=0),
    "$.class": lambda config: config.update({"class": "Sequential"}),
    "$.keras_modnet_version": lambda config: config.update(keras_modnet_version=1),
    "$.model": lambda config: config["model"].pop("num_blocks"),
    "$.model.width": lambda config: config["model"].update(width=-1),
    "$.model.image_shape": lambda config: config["model"].update(image_shape=[8, 8]),
    "$.model.image_shape[2]": lambda config: config["model"].update(image_shape=[8, 8, 0]),
    "$.model.block": lambda config: config["model"].update(block={"class_name": "Lambda"}),
    "$.model.default_task": lambda config: config["model"].update(default_task=1),
    "$.model.tasks.digits": lambda config: config["model"]["tasks"]["digits"].pop("num_steps"),
    "$.model.tasks.digits.num_classes": lambda config: config["model"]["tasks"]["digits"].update(num_classes=True),
}


@pytest.mark.parametrize("path", CONFIG_FAULTS)
def test_a_config_against_its_schema_is_named_by_json_path(preset, alter_json, seal, path):
    alter_json(preset / CONFIG, CONFIG_FAULTS[path])
    seal(preset)
    with pytest.raises(PresetError) as caught:
        read_preset(preset)
    assert caught.value.file == str(preset / CONFIG)
    assert caught.value.expected.startswith(f"{path} to obey")


def test_further_constructor_arguments_are_allowed(preset, alter_json, seal):
    alter_json(preset / CONFIG, lambda config: config["model"].update(dropout=0.1))
    seal(preset)
    assert read_preset(preset).config["model"]["dropout"] == 0.1


METADATA_FAULTS = {
    "$": lambda metadata: metadata.update(code="print()"),
    "$.format_version": lambda metadata: metadata.update(format_version=True),
    "$.name": lambda metadata: metadata.update(name=""),
    "$.files": lambda metadata: metadata["files"].pop(WEIGHTS),
    "$.tensors.x.shape[0]": lambda metadata: metadata["tensors"].update(x={"shape": [-2], "dtype": "float32"}),
    "$.tensors.x.dtype": lambda metadata: metadata["tensors"].update(x={"shape": [2], "dtype": "object"}),
    "$.card.macs.digits": lambda metadata: metadata["card"].update(macs={"digits": "few"}),
    "$.card.measured.digits": lambda metadata: metadata["card"].update(measured={"digits": {"mean": 1}}),
}


@pytest.mark.parametrize("path", METADATA_FAULTS)
def test_metadata_against_its_schema_is_named_by_json_path(preset, alter_json, seal, path):
    alter_json(preset / METADATA, METADATA_FAULTS[path])
    seal(preset)
    with pytest.raises(PresetError) as caught:
        read_preset(preset)
    assert caught.value.file == str(preset / METADATA)
    assert caught.value.expected.startswith(f"{path} to obey")


def test_a_schema_message_stays_short(preset, alter_json, seal):
    alter_json(preset / CONFIG, lambda config: config["model"].update(width="x" * 10_000))
    seal(preset)
    with pytest.raises(PresetError, match=r"is not of type 'integer'\.$") as caught:
        read_preset(preset)
    assert len(caught.value.found) <= 200
