"""Checkpoints are looked at from their header on: what is refused costs nothing, whatever kind of file it is."""

import json
import os
import struct
import sys
import tracemalloc
import zipfile

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from keras_modnet.converters import CheckpointError, convert, read_pth
from keras_modnet.converters.read_pth import open_checkpoint


def write_safetensors(path, document, numbers=b""):
    header = json.dumps(document).encode() if isinstance(document, dict) else document
    path.write_bytes(struct.pack("<Q", len(header)) + header + numbers)
    return path


def one(dtype="F32", shape=(1,), offsets=(0, 4), **more):
    return {"a": {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)} | more}


def refuse(path, message):
    with pytest.raises(CheckpointError, match=message) as caught:
        read_pth(path)
    assert caught.value.file == str(path)
    assert str(caught.value).isprintable()


def two(first, second):
    return {
        "a": {"dtype": "U8", "shape": [2], "data_offsets": list(first)},
        "b": {"dtype": "U8", "shape": [2], "data_offsets": list(second)},
    }


@pytest.mark.parametrize(
    ("document", "numbers", "found"),
    [
        (one(shape=[1] * 65), bytes(4), "which no array can have"),
        (one(shape=[0, 2**62, 2**62], offsets=(0, 0)), b"", "which no array can have"),
        (one(shape=[0] * 70, offsets=(0, 0)), b"", "which no array can have"),
        (one(shape=[2**62], offsets=(0, 2**63 - 1)), b"", "which no array can have"),
        (one(shape=[-1]), bytes(4), "'a' without type, shape and place"),
        (one(shape=[True]), bytes(4), "'a' without type, shape and place"),
        (one(shape=[1.0]), bytes(4), "'a' without type, shape and place"),
        (one(more=1), bytes(4), "'a' without type, shape and place"),
        ({"a": 1}, bytes(4), "'a' without type, shape and place"),
        (one("F8_E4M3", offsets=(0, 1)), bytes(1), "of type 'F8_E4M3'"),
        (one(offsets=(0, 8)), bytes(8), "'a' in 8 bytes, where it has 4"),
        (one(offsets=(4, 8)), bytes(8), "'a' at byte 4 and not behind the one before"),
        (one(), bytes(8), "4 bytes of tensors in 8 bytes"),
        (one(), bytes(3), "4 bytes of tensors in 3 bytes"),
        (two((0, 2), (0, 2)), bytes(4), "'b' at byte 0 and not behind the one before"),
        (two((0, 2), (3, 5)), bytes(5), "'b' at byte 3 and not behind the one before"),
        (b'{"a": 1', b"", "delimiter"),
        (b'{"a": {}, "a": {}}', b"", "the same key twice"),
        (b'{"a": ' + b"[" * 20_000, b"", "levels of nesting"),
        (b'{"a": [' + b"1," * 100_000 + b"1]}", b"", "commas, colons and brackets, where 80000 are the most"),
        (b'{"\\ud800\\u001b[2J": 1}', b"", r"'\\ud800\\x1b\[2J' without type"),
    ],
)
def test_a_header_that_no_array_follows_from_is_refused(tmp_path, document, numbers, found):
    refuse(
        write_safetensors(tmp_path / "a.safetensors", document, numbers), f"a whole safetensors file; found .*{found}"
    )


def test_what_the_library_writes_is_read_as_the_library_reads_it(tmp_path):
    types = ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
    arrays = {name: np.arange(6).reshape(2, 3).astype(name) for name in types}
    arrays |= {"bool": np.array([True, False]), "scalar": np.array(3.0), "empty": np.zeros((0, 3), "float32")}
    save_file(arrays, tmp_path / "a.safetensors", metadata={"format": "np"})
    read, others = read_pth(tmp_path / "a.safetensors"), load_file(tmp_path / "a.safetensors")
    assert read.keys() == others.keys()
    for name, array in others.items():
        np.testing.assert_array_equal(read[name], array, strict=True)


@pytest.mark.parametrize("kind", ["pipe", "device", "link to a device", "folder", "missing", "loop of links"])
def test_what_is_no_regular_file_is_refused_at_once(tmp_path, kind):
    path = tmp_path / "a.pth"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = "/dev/zero"
    elif kind == "link to a device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop of links":
        path.symlink_to(path)
    refuse(path, "expected a (regular file|file that can be read); found ")


def test_a_link_to_a_checkpoint_is_followed(fixtures, tmp_path):
    (tmp_path / "a.pth").symlink_to((fixtures / "tensors.pth").resolve())
    assert read_pth(tmp_path / "a.pth").keys() == read_pth(fixtures / "tensors.pth").keys()


def refused_without_memory(path, architecture, message):
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointError, match=message):
            convert(path, architecture)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_a_sparse_file_of_gigabytes_is_refused_by_its_header(tmp_path, convnext):
    count = 3 * 2**30
    path = write_safetensors(tmp_path / "a.safetensors", one(shape=[count], offsets=(0, 4 * count)))
    os.truncate(path, path.stat().st_size + 4 * count)
    refused_without_memory(path, convnext, "tensor 'stem.weight' of shape .*; found none of this name")


def test_one_wrong_tensor_is_found_before_any_is_read(fixtures, convnext, tmp_path, monkeypatch):
    arrays = read_pth(fixtures / "convnext.pth")
    # The last one that the architecture takes.
    arrays["head.bias"] = np.zeros(6, "float32")
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, tmp_path / "a.safetensors")
    monkeypatch.setattr(
        sys.modules["keras_modnet.converters.read_pth"], "read_entry", lambda *arguments: pytest.fail("read")
    )
    refused_without_memory(tmp_path / "a.safetensors", convnext, r"'head.bias' of shape \(5,\); found shape \(6,\)")


def test_a_list_of_records_that_states_gigabytes_is_not_read(fixtures, tmp_path):
    data = (fixtures / "convnext.pth").read_bytes()
    end = data.rindex(b"PK\x05\x06")
    path = tmp_path / "a.pth"
    with open(path, "wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(2**31)
        file.seek(2**31)
        file.write(data[end : end + 12] + struct.pack("<II", 2**31 - 8, 8) + data[end + 20 :])
    tracemalloc.start()
    refuse(path, "a list of records of 2147483640 bytes, where 262144 are the most")
    # The end of the file is looked at.
    assert tracemalloc.get_traced_memory()[1] < 2**22
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"head.bias": np.array([1, 2, 3, 4, np.nan], "float32")}, "'head.bias' of finite numbers"),
        ({"head.bias": np.array([1, 2, 3, 4, np.inf], "float16")}, "'head.bias' of finite numbers"),
        ({"head.bias": np.array([1, 2, 3, 4, 1e300])}, "'head.bias' of finite numbers"),
        ({"head.bias": np.ones(5, "int8")}, "'head.bias' of floats; found int8"),
        ({"head.bias": np.ones(5, "bool")}, "'head.bias' of floats; found bool"),
    ],
)
def test_values_that_no_network_has_are_refused(fixtures, convnext, tmp_path, change, message):
    arrays = read_pth(fixtures / "convnext.pth") | change
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, tmp_path / "a.safetensors")
    with pytest.raises(CheckpointError, match=message):
        convert(tmp_path / "a.safetensors", convnext)


def test_a_variance_under_zero_is_refused(fixtures, tmp_path):
    from tests.converters.conftest import NETWORKS

    arrays = dict(read_pth(fixtures / "convmixer_gelu.safetensors"))
    name = next(name for name in arrays if name.endswith("running_var"))
    arrays[name] = -arrays[name]
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, tmp_path / "a.safetensors")
    with pytest.raises(CheckpointError, match=f"'{name}' of no number under 0"):
        convert(tmp_path / "a.safetensors", NETWORKS["convmixer_gelu.safetensors"])


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (lambda p: p.dict(a=p.tensor(shape=(1,) * 65, strides=(1,) * 65)), "a tensor whose description is malformed"),
        (lambda p: p.dict(a=p.tensor(shape=(0, 2**62, 2**62), strides=(1, 1, 1))), "which no array can have"),
        (lambda p: p.dict(a=p.tensor(offset=2**64)), "whole numbers of 64 bits; found a larger one"),
        (lambda p: p.dict(a=p.tensor(kind="torch.BoolStorage", size=16, shape=(16,))), "truth values in 'data/0'"),
    ],
)
def test_a_pickle_of_absurd_tensors_is_refused(write, pickled, document, message):
    refuse(write(pickled.whole(document(pickled))), message)


def test_an_empty_tensor_lies_anywhere(write, pickled):
    path = write(pickled.whole(pickled.dict(a=pickled.tensor(offset=99, shape=(0, 7), strides=(7, 1)))))
    assert read_pth(path)["a"].shape == (0, 7)


def test_tensors_are_described_and_read_one_by_one(fixtures):
    expected = np.load(fixtures / "tensors.npz")
    with open_checkpoint(fixtures / "tensors.pth") as tensors:
        assert {name: stored.shape for name, stored in tensors.items()} == {
            name: expected[name].shape for name in expected
        }
        np.testing.assert_array_equal(tensors["bfloat16"].read(), expected["bfloat16"], strict=True)


def test_a_record_beside_the_weights_is_not_read(write, pickled, monkeypatch):
    records = {"data/0": np.arange(4, dtype="<f4").tobytes(), "data/1": bytes(100)}
    path = write(pickled.whole(pickled.dict(a=pickled.tensor())), records)
    read, real = [], zipfile.ZipFile.read
    monkeypatch.setattr(
        zipfile.ZipFile, "read", lambda self, record: read.append(record.filename) or real(self, record)
    )
    read_pth(path)
    assert read == ["archive/data.pkl", "archive/data/0"]
