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
    "folder": (make_folder, "a folder or a special file"),
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
    real_lstat = os.lstat

    def lstat(path, **options):
        status = real_lstat(path, **options)
        if os.path.basename(path) == CONFIG:
            lengthen(preset / CONFIG)
        return status

    monkeypatch.setattr(os, "lstat", lstat)
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
BFLOAT_HEADER = json.dumps({"x": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}).encode()

WEIGHTS_FAULTS = {
    "empty file": (b"", "a safetensors file"),
    "no safetensors": (b"\x80\x04K\x01.", "a safetensors file"),
    "absurd header": (b"\xff" * 16, "a safetensors file"),
    "unknown type": (struct.pack("<Q", len(BFLOAT_HEADER)) + BFLOAT_HEADER + b"\0\0", "types that numpy knows"),
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
