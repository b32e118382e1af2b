"""Every kind of damage to a preset folder is one `PresetError` that names the file."""

import json
import os
import shutil
import struct

import numpy as np
import pytest
from safetensors.numpy import save

from keras_modnet.presets import PresetError, read_preset

CONFIG, METADATA, WEIGHTS, README = "config.json", "metadata.json", "model.safetensors", "README.md"


def remove(path):
    path.unlink()


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1])


def lengthen(path):
    path.write_bytes(path.read_bytes() + b" ")


def flip_a_bit(path):
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)


def make_folder(path):
    path.unlink()
    path.mkdir()


def make_link(path):
    """The content stays right: being a link is the fault."""
    path.rename(path.parent.parent / "outside")
    path.symlink_to(path.parent.parent / "outside")


FILE_DAMAGE = {
    "missing": (remove, "No such file"),
    "truncated": (truncate, "truncated"),
    "oversized": (lengthen, "oversized"),
    "altered": (flip_a_bit, "SHA-256"),
    "folder": (make_folder, "a folder"),
    "link": (make_link, "a symbolic link"),
}


@pytest.mark.parametrize("load_tensors", [True, False])
@pytest.mark.parametrize("name", [CONFIG, WEIGHTS, README])
@pytest.mark.parametrize("damage", FILE_DAMAGE)
def test_a_damaged_listed_file_is_found(preset, name, damage, load_tensors):
    change, found = FILE_DAMAGE[damage]
    change(preset / name)
    with pytest.raises(PresetError) as caught:
        read_preset(preset, load_tensors=load_tensors)
    assert caught.value.file == str(preset / name)
    assert found in caught.value.found


@pytest.mark.parametrize("damage", [remove, truncate, make_folder, make_link])
def test_damaged_metadata_is_found(preset, damage):
    damage(preset / METADATA)
    if damage is truncate:
        # Its last byte is a line break that JSON does not need; the brace before it is.
        truncate(preset / METADATA)
    with pytest.raises(PresetError, match=r"metadata\.json: expected"):
        read_preset(preset)


def test_metadata_of_absurd_size_is_not_read(preset, monkeypatch):
    monkeypatch.setattr("keras_modnet.presets.files.MAX_METADATA_BYTES", 100)
    with pytest.raises(PresetError, match=r"metadata\.json: expected at most 100 bytes; found \d+ bytes, oversized"):
        read_preset(preset)


def test_a_file_that_grows_while_it_is_read_is_found(preset, monkeypatch):
    real_fstat, config = os.fstat, os.stat(preset / CONFIG)

    def fstat(descriptor):
        status = real_fstat(descriptor)
        if os.path.samestat(status, config):
            lengthen(preset / CONFIG)
        return status

    monkeypatch.setattr(os, "fstat", fstat)
    with pytest.raises(PresetError, match=r"config\.json: expected .*the file changes while it is read"):
        read_preset(preset)


def test_an_edited_card_is_found_by_the_digest(preset, alter_json):
    alter_json(preset / METADATA, lambda metadata: metadata["card"].update(licence="none"))
    with pytest.raises(PresetError, match=r"metadata\.json: expected digest"):
        read_preset(preset)


def test_a_missing_folder_is_found(tmp_path):
    with pytest.raises(PresetError, match=r"nowhere: expected a preset folder; found no such folder"):
        read_preset(tmp_path / "nowhere")


def test_a_file_is_no_folder(preset):
    with pytest.raises(PresetError, match=r"README.md: expected a preset folder; found a file"):
        read_preset(preset / README)


@pytest.mark.parametrize(
    "name",
    [
        *("../secret.md", "/secret.md", "sub/card.md", "sub\\card.md", "c:card.md", ".card.md", "..", "", "a.md\n"),
        *("run.py", "weights.pkl", "all.zip", METADATA),
    ],
)
def test_a_listed_name_that_is_no_plain_file_name_is_refused_unopened(preset, alter_json, seal, name):
    listed = {"bytes": 0, "sha256": "0" * 64}
    alter_json(preset / METADATA, lambda metadata: metadata["files"].update({name: listed}))
    (preset / CONFIG).unlink()  # Whatever is opened first is missing: the name has to be refused before.
    seal(preset)
    with pytest.raises(PresetError, match="plain names of other files") as caught:
        read_preset(preset)
    assert caught.value.file == str(preset / METADATA)


def with_tensors(**tensors):
    return save({name.replace("__", "/"): value for name, value in tensors.items()})


KERNEL, BIAS = np.zeros((2, 3), "float32"), np.zeros(2, "float32")
FLOAT8_HEADER = json.dumps({"x": {"dtype": "F8_E4M3", "shape": [1], "data_offsets": [0, 1]}}).encode()

WEIGHTS_FAULTS = {
    "empty file": (b"", "a whole safetensors file"),
    "no safetensors": (b"\x80\x04K\x01.", "a whole safetensors file"),
    "absurd header": (b"\xff" * 16, "a whole safetensors file"),
    "unknown type": (struct.pack("<Q", len(FLOAT8_HEADER)) + FLOAT8_HEADER + b"\0", "of type 'F8_E4M3'"),
    "missing tensor": (with_tensors(stem__kernel=KERNEL), "tensor 'head/bias'"),
    "unlisted tensor": (with_tensors(stem__kernel=KERNEL, head__bias=BIAS, x=BIAS), "unlisted tensor 'x'"),
    "wrong shape": (with_tensors(stem__kernel=KERNEL.T.copy(), head__bias=BIAS), "'shape': [3, 2]"),
    "wrong dtype": (with_tensors(stem__kernel=KERNEL, head__bias=BIAS.astype("float64")), "'dtype': 'float64'"),
}


@pytest.mark.parametrize("fault", WEIGHTS_FAULTS)
def test_weights_that_are_not_as_listed_are_refused(preset, seal, fault):
    data, message = WEIGHTS_FAULTS[fault]
    (preset / WEIGHTS).write_bytes(data)
    seal(preset)
    with pytest.raises(PresetError) as caught:
        read_preset(preset)
    assert caught.value.file == str(preset / WEIGHTS)
    assert message in str(caught.value)


def test_files_that_are_not_listed_are_never_read(preset):
    before = read_preset(preset)
    (preset / ".git").mkdir()
    (preset / ".DS_Store").write_bytes(b"\0")
    (preset / "weights.pkl").symlink_to(preset / "nowhere")
    os.mkfifo(preset / "pipe.md")  # Reading it would wait for ever.
    assert read_preset(preset).metadata == before.metadata


def test_a_renamed_or_moved_preset_is_still_one(preset, tmp_path):
    shutil.move(preset, tmp_path / "other")
    assert read_preset(tmp_path / "other").metadata["name"] == "tiny"


def make_pipe(path):
    path.unlink()
    os.mkfifo(path)


def make_link_to_a_device(path):
    path.unlink()
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("name", [CONFIG, METADATA, WEIGHTS, README])
@pytest.mark.parametrize("damage", [make_pipe, make_link_to_a_device])
def test_what_is_no_regular_file_is_refused_and_not_waited_for(preset, name, damage):
    damage(preset / name)
    with pytest.raises(PresetError, match=r"expected a regular file; found a (special file|symbolic link)") as caught:
        read_preset(preset)
    assert caught.value.file == str(preset / name)


def test_what_is_put_in_the_place_of_a_file_while_it_is_opened_is_refused(preset, monkeypatch):
    real_open, changed = os.open, []

    def open_late(path, flags, *arguments, **options):
        if os.path.basename(path) == CONFIG and not changed:
            changed.append(path)
            make_pipe(preset / CONFIG)
        return real_open(path, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", open_late)
    with pytest.raises(PresetError, match="expected a regular file; found a special file"):
        read_preset(preset)


LISTED = {"bytes": 2**24, "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"big.md": LISTED}, "at most 16777216 bytes beside the weights; found 1677"),
        ({f"{number}.md": LISTED | {"bytes": 0} for number in range(300)}, "at most 256 files; found 303 of them"),
    ],
)
def test_more_files_than_any_preset_has_are_refused_unopened(preset, alter_json, seal, files, found):
    alter_json(preset / METADATA, lambda metadata: metadata["files"].update(files))
    seal(preset)
    with pytest.raises(PresetError, match=found) as caught:
        read_preset(preset)
    assert caught.value.file == str(preset / METADATA)


@pytest.mark.parametrize(
    ("card", "found"),
    [
        ({"x": [[]] * 130_000}, "commas, colons and brackets, where 80000 are the most"),
        ({"x": 2**63}, "the number 9223372036854775808, which is too large"),
    ],
)
def test_metadata_that_would_take_much_memory_is_refused(preset, alter_json, seal, card, found):
    alter_json(preset / METADATA, lambda metadata: metadata.update(card=card))
    seal(preset)
    with pytest.raises(PresetError, match=found):
        read_preset(preset)


def test_the_text_of_an_error_can_be_printed_on_one_line(preset, alter_json, seal):
    name = "\ud800\n\x1b[2J" + "x" * 10_000
    alter_json(preset / METADATA, lambda metadata: metadata["files"].update({name: LISTED | {"bytes": 0}}))
    seal(preset)
    with pytest.raises(PresetError, match="plain names of other files") as caught:
        read_preset(preset)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 3000
