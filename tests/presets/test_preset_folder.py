"""A preset folder is written whole, read back equal, and deterministic."""

import hashlib
import json
import os
import pickle

import numpy as np
import pytest

from keras_modnet.presets import FORMAT_VERSION, PresetError, read_preset, write_preset
from keras_modnet.presets.schema import load_schema


def folder_bytes(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_tensors_come_back_equal_and_sorted_by_name(preset, tensors):
    loaded = read_preset(preset).tensors
    assert list(loaded) == ["head/bias", "stem/kernel"]
    for name, value in loaded.items():
        np.testing.assert_array_equal(value, tensors[name], strict=True)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="float32").reshape(2, 3).T,
        np.arange(3, dtype=">f4"),
        np.float32(3.0),
        np.zeros((0, 2), "int64"),
        np.array([True, False]),
        np.arange(8, dtype="float16")[::2],
    ],
    ids=["transposed", "big-endian", "scalar", "empty", "bool", "strided"],
)
def test_memory_layout_does_not_matter(tmp_path, config, array):
    loaded = read_preset(write_preset(tmp_path / "tiny", config, {"x": array})).tensors["x"]
    np.testing.assert_array_equal(loaded, array)
    assert (loaded.shape, loaded.dtype.name) == (array.shape, array.dtype.name)


def test_config_comes_back_with_its_version_and_lists_for_tuples(preset, config):
    expected = json.loads(json.dumps(config)) | {"format_version": FORMAT_VERSION}
    assert read_preset(preset).config == expected


def test_order_of_tasks_is_kept(preset):
    assert list(read_preset(preset).config["model"]["tasks"]) == ["letters", "digits"]


def test_what_was_read_can_be_written_again(preset, tmp_path):
    contents = read_preset(preset)
    again = write_preset(tmp_path / "elsewhere" / "tiny", contents.config, contents.tensors)
    assert read_preset(again).config == contents.config


def test_card_comes_back(tmp_path, config, tensors, card):
    assert read_preset(write_preset(tmp_path / "tiny", config, tensors, card=card)).metadata["card"] == card


def test_without_tensors_none_are_loaded(preset):
    assert read_preset(preset, load_tensors=False).tensors == {}


def test_metadata_lists_every_tensor(preset):
    assert read_preset(preset).metadata["tensors"] == {
        "head/bias": {"shape": [2], "dtype": "float32"},
        "stem/kernel": {"shape": [2, 3], "dtype": "float32"},
    }


def test_metadata_lists_size_and_hash_of_every_other_file(preset):
    files = {name: data for name, data in folder_bytes(preset).items() if name != "metadata.json"}
    assert sorted(files) == ["README.md", "config.json", "model.safetensors"]
    expected = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    assert json.loads((preset / "metadata.json").read_text())["files"] == expected


def test_digest_is_the_hash_of_the_sorted_compact_json_without_it(preset):
    metadata = json.loads((preset / "metadata.json").read_text())
    digest = metadata.pop("digest")
    text = json.dumps(metadata, sort_keys=True, separators=(",", ":"))
    assert digest == hashlib.sha256(text.encode()).hexdigest()


def test_two_writes_are_byte_identical(tmp_path, config, tensors, card):
    reordered = dict(reversed(tensors.items()))
    first = write_preset(tmp_path / "a" / "tiny", config, tensors, card, {"README.md": "x", "map.png": b"y"})
    second = write_preset(tmp_path / "b" / "tiny", config, reordered, card, {"map.png": b"y", "README.md": b"x"})
    assert folder_bytes(first) == folder_bytes(second)


def test_an_empty_folder_is_filled(tmp_path, config, tensors):
    (tmp_path / "tiny").mkdir()
    assert read_preset(write_preset(tmp_path / "tiny", config, tensors)).tensors.keys() == tensors.keys()


def test_a_preset_is_replaced_and_nothing_lies_beside_it(preset, config):
    write_preset(preset, config, {"x": np.zeros(1, "float32")})
    assert list(read_preset(preset).tensors) == ["x"]
    assert not (preset / "README.md").exists()
    assert os.listdir(preset.parent) == ["tiny"]


def test_replacing_keeps_files_that_were_not_part_of_the_preset(preset, config, tensors):
    (preset / ".git").mkdir()
    (preset / ".git" / "HEAD").write_text("main")
    write_preset(preset, config, tensors)
    assert (preset / ".git" / "HEAD").read_text() == "main"


def test_a_link_to_a_preset_stays_a_link(preset, config, tensors):
    link = preset.with_name("link")
    link.symlink_to(preset)
    write_preset(link, config, {"x": np.zeros(1, "float32")})
    assert link.is_symlink()
    assert list(read_preset(preset).tensors) == ["x"]


@pytest.mark.parametrize("failing_call", [1, 2], ids=["moving the old away", "moving the new in"])
def test_a_failed_swap_leaves_the_old_preset(preset, config, monkeypatch, failing_call):
    before = folder_bytes(preset)
    real_replace, calls = os.replace, []

    def replace(source, destination):
        calls.append(source)
        if len(calls) == failing_call:
            raise OSError("disk full")
        real_replace(source, destination)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(OSError, match="disk full"):
        write_preset(preset, config, {"x": np.zeros(1, "float32")})
    assert folder_bytes(preset) == before
    assert os.listdir(preset.parent) == ["tiny"]


def test_a_failed_file_write_leaves_the_old_preset(preset, config, monkeypatch):
    before = folder_bytes(preset)

    def fsync(descriptor):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="disk full"):
        write_preset(preset, config, {"x": np.zeros(1, "float32")})
    assert folder_bytes(preset) == before
    assert os.listdir(preset.parent) == ["tiny"]


def test_a_folder_of_another_kind_is_refused_and_untouched(tmp_path, config, tensors):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "metadata.json").write_text("{}")
    with pytest.raises(ValueError, match=r"`folder` must be a new folder, an empty one, or a preset"):
        write_preset(tmp_path, config, tensors)
    assert folder_bytes(tmp_path) == {"notes.txt": b"mine", "metadata.json": b"{}"}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path, config, tensors):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ValueError, match=r"`folder` must be a new folder"):
        write_preset(tmp_path / "file", config, tensors)


def test_the_current_folder_is_refused(preset, config, tensors, monkeypatch):
    monkeypatch.chdir(preset)
    with pytest.raises(ValueError, match=r"`folder` must be neither the current folder nor one above it"):
        write_preset(".", config, tensors)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("../README.md", "x"),
        (".hidden.md", "x"),
        ("weights.pkl", b"x"),
        ("config.json", "{}"),
        ("Metadata.json", "{}"),
        ("README.md\n", "x"),
        ("README.md", 3),
        (3, "x"),
    ],
)
def test_an_extra_file_that_cannot_be_part_of_a_preset_is_refused(tmp_path, config, tensors, name, content):
    with pytest.raises(ValueError, match="extra_files"):
        write_preset(tmp_path / "tiny", config, tensors, extra_files={name: content})
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "bad", [{"x": np.array(["text"])}, {"x": np.zeros(1, "complex64")}, {1: np.zeros(1)}, {"": np.zeros(1)}, [1]]
)
def test_tensors_that_cannot_be_stored_are_refused(tmp_path, config, bad):
    with pytest.raises(ValueError, match="tensors"):
        write_preset(tmp_path / "tiny", config, bad)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), np.float32(1.0), {1, 2}, object()])
def test_a_config_that_is_no_plain_json_is_refused(tmp_path, config, tensors, bad):
    config["model"]["dropout"] = bad
    with pytest.raises(PresetError, match=r"config\.json: expected plain JSON"):
        write_preset(tmp_path / "tiny", config, tensors)


@pytest.mark.parametrize("name", ["class", "keras_modnet_version", "model"])
def test_an_incomplete_config_is_refused(tmp_path, config, tensors, name):
    del config[name]
    with pytest.raises(PresetError, match=rf"config\.json: .*'{name}' is a required property"):
        write_preset(tmp_path / "tiny", config, tensors)


def test_a_card_against_its_schema_is_refused(tmp_path, config, tensors):
    with pytest.raises(PresetError, match=r"metadata\.json: expected \$\.card\.unique_parameters .*'many'"):
        write_preset(tmp_path / "tiny", config, tensors, card={"unique_parameters": "many"})


@pytest.mark.parametrize("name", ["config.json", "metadata.json"])
def test_the_schemas_are_schemas_of_draft_2020_12(name):
    from jsonschema import Draft202012Validator

    assert load_schema(name)["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(load_schema(name))


def test_the_error_survives_pickling():
    error = pickle.loads(pickle.dumps(PresetError("a.json", "one", "two")))
    assert (error.file, error.expected, error.found) == ("a.json", "one", "two")
    assert str(error) == "a.json: expected one; found two."
