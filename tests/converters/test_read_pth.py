"""Files of torch are read to the last number, and nothing in them is ever run."""

import hashlib
import os
import pathlib
import re
import zipfile

import numpy as np
import pytest

from keras_modnet.converters import CheckpointError, read_pth


def test_tensors_of_all_types_and_layouts_are_those_that_torch_wrote(fixtures):
    read, expected = read_pth(fixtures / "tensors.pth"), np.load(fixtures / "tensors.npz")
    assert set(read) == set(expected)
    for name, array in read.items():
        assert array.dtype == expected[name].dtype, name
        np.testing.assert_array_equal(array, expected[name], err_msg=name, strict=True)
        assert not array.flags.writeable


def test_bfloat16_of_safetensors_is_exact(fixtures):
    expected = np.load(fixtures / "tensors.npz")["bfloat16"]
    np.testing.assert_array_equal(read_pth(fixtures / "bfloat16.safetensors")["bfloat16"], expected, strict=True)


def test_fixtures_are_those_of_their_list(fixtures):
    listed = dict(re.findall(r"`([^`]+)` \| [\d,]+ \| `([0-9a-f]{64})`", (fixtures / "README.md").read_text()))
    files = {path.name: path for path in fixtures.iterdir() if path.suffix != ".md"}
    assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def test_weights_lie_under_model_or_state_dict_or_alone(fixtures):
    for name in ("convnext.pth", "convnext_gamma.pth", "convmixer_relu.pth"):
        assert "head.bias" in read_pth(fixtures / name)


def test_a_written_archive_is_read(write, pickled):
    path = write(pickled.whole(pickled.dict(a=pickled.tensor(shape=(2, 2), strides=(1, 2)))))
    np.testing.assert_array_equal(read_pth(path)["a"], [[0, 2], [1, 3]])


def test_big_endian_numbers_are_read(write, pickled):
    records = {"data/0": np.arange(4, dtype=">f4").tobytes(), "byteorder": b"big"}
    path = write(pickled.whole(pickled.dict(a=pickled.tensor())), records)
    np.testing.assert_array_equal(read_pth(path)["a"].astype("float32"), [0, 1, 2, 3])


def refuse(path, message):
    with pytest.raises(CheckpointError, match=message) as caught:
        read_pth(path)
    assert str(caught.value).startswith(f"{path}: expected ")


def touch(marker):
    return f"touch {marker}"


@pytest.mark.parametrize("name", ["posix.system", "os.system", "builtins.eval", "subprocess.Popen", "torch.load"])
@pytest.mark.parametrize("place", ["alone", "in the weights", "beside the weights", "as the key of a storage"])
def test_a_pickle_that_would_run_something_is_refused_and_nothing_runs(write, pickled, tmp_path, name, place):
    marker = tmp_path / "it_ran"
    call = pickled.call(name, pickled.text(touch(marker)))
    document = {
        "alone": call,
        "in the weights": pickled.dict(a=call),
        "beside the weights": pickled.dict(model=pickled.dict(a=pickled.tensor()), args=call),
        "as the key of a storage": pickled.dict(a=b"(" + pickled.text("storage") + call + b"tQ"),
    }[place]
    refuse(write(pickled.whole(document)), rf"found the name {re.escape(name)}, which was neither imported nor run")
    assert not marker.exists()


def test_the_same_pickle_would_have_run(pickled, tmp_path):
    # So that the test above would see it.
    import pickle

    marker = tmp_path / "it_ran"
    pickle.loads(pickled.whole(pickled.call(f"{os.name}.system", pickled.text(touch(marker)))))
    assert marker.exists()


def test_objects_beside_the_weights_are_not_made(fixtures):
    # Its `args` is an argparse.Namespace, and `scores` a number of NumPy.
    assert all(isinstance(array, np.ndarray) for array in read_pth(fixtures / "convnext_gamma.pth").values())


def test_attributes_of_an_ordered_dict_are_dropped(write, pickled):
    # `items` set on the instance would be called in place of the method.
    weights = pickled.call("collections.OrderedDict", b"") + pickled.text("a") + pickled.tensor() + b"s"
    path = write(pickled.whole(weights + pickled.dict(items=pickled.number(1)) + b"b"))
    assert list(read_pth(path)) == ["a"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (lambda p: p.number(3), "found a int"),
        (lambda p: p.dict(), "found an empty dict"),
        (lambda p: p.dict(model=p.dict()), "found an empty dict"),
        (lambda p: p.dict(a=p.number(1)), "found int as 'a'"),
        (lambda p: p.dict(a=p.call("argparse.Namespace", b"")), "found Ignored as 'a'"),
        (lambda p: b"}" + p.number(1) + p.tensor() + b"s", "found StoredTensor as int as its name"),
        (lambda p: p.dict(a=p.tensor(shape=(5,))), r"'a' inside of its 4 numbers; found shape \(5,\)"),
        (lambda p: p.dict(a=p.tensor(offset=1)), r"'a' inside of its 4 numbers; found shape \(4,\), .* offset 1"),
        (lambda p: p.dict(a=p.tensor(strides=(2,))), "'a' inside of its 4 numbers"),
        (lambda p: p.dict(a=p.tensor(shape=(10**6, 10**6), strides=(0, 0))), "'a' inside of its 4 numbers"),
        (lambda p: p.dict(a=p.tensor(shape=(-1,))), "a tensor whose description is malformed"),
        (lambda p: p.dict(a=p.tensor(strides=(-1,))), "a tensor whose description is malformed"),
        (lambda p: p.dict(a=p.tensor(strides=(1, 1))), "a tensor whose description is malformed"),
        (lambda p: p.dict(a=p.tensor(size=-4)), "a storage whose description is malformed"),
        (lambda p: p.dict(a=p.tensor(size=5)), "record 'data/0' of 20 bytes; found 16 bytes"),
        (lambda p: p.dict(a=p.tensor(size=2**70)), "whole numbers of 64 bits; found a larger one"),
        (lambda p: p.dict(a=p.tensor(key="1")), "a record 'data/1'; found none"),
        (lambda p: p.dict(a=p.tensor(key="../data.pkl")), r"a record 'data/\.\./data\.pkl'; found none"),
        (lambda p: p.dict(a=p.tensor(kind="torch.QInt8Storage")), r"the name torch\.QInt8Storage"),
        (lambda p: p.dict(a=p.tensor(kind="argparse.Namespace")), "a storage whose description is malformed"),
        (lambda p: p.call("torch.FloatStorage", b""), "a damaged one: 'StorageType' object is not callable"),
        (lambda p: p.call("torch._utils._rebuild_parameter", p.number(1)), "a parameter that is no tensor"),
        (lambda p: p.dict(a=b"\x82\x01"), "found the instruction EXT1"),
        (lambda p: b"iposix\nsystem\n", "found the instruction INST"),
        (lambda p: b"N" + b"r" + b"\xff" * 4, "a whole pickle; found the place 4294967295"),
        (lambda p: b"h\x03", "a damaged one: there is no value remembered as 3"),
        (lambda p: b"X\xff\xff\xff\x7fa", "a whole pickle; found expected 2147483647 bytes"),
    ],
)
def test_a_pickle_of_something_else_is_refused(write, pickled, document, message):
    refuse(write(pickled.whole(document(pickled))), message)


def test_records_that_could_grow_are_refused(write, pickled):
    # Ten MiB of zeros are ten KiB in the file.
    records = {"data/0": bytes(10 * 2**20)}
    document = pickled.whole(pickled.dict(a=pickled.tensor(size=5 * 2**19)))
    refuse(write(document, records, zipfile.ZIP_DEFLATED), "stored as it is; found one that is compressed or encrypted")


def test_records_inside_of_each_other_are_refused(write, pickled):
    path = write(pickled.whole(pickled.dict(a=pickled.tensor())), {f"data/{i}": bytes(1000) for i in range(9)})
    data = path.read_bytes()
    # The list at the end says that each record begins where the first one does.
    first = data.index(b"PK\x01\x02")
    entries, end = data[first : data.index(b"PK\x05\x06")], data[data.index(b"PK\x05\x06") :]
    shortened = data[:1500] + entries + end[:16] + (1500).to_bytes(4, "little") + end[20:]
    path.write_bytes(shortened)
    refuse(path, "records of at most the file's .* bytes together")


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ({"byteorder": b"middle"}, "a record 'byteorder' of 'little' or 'big'; found b'middle'"),
        ({"data/0": b""}, "record 'data/0' of 16 bytes; found 0 bytes"),
        ({}, "a record 'data/0'; found none"),
    ],
)
def test_other_records_are_refused(write, pickled, records, message):
    refuse(write(pickled.whole(pickled.dict(a=pickled.tensor())), records), message)


def test_an_archive_without_one_pickle_in_one_folder_is_refused(write, pickled):
    refuse(write(b"", folder="one/two"), r"one record data\.pkl in one folder; found 0 of them")


def test_a_large_pickle_is_refused(write):
    refuse(write(bytes(2 * 2**20 + 1)), "a pickle of at most 2097152 bytes; found 2097153 bytes")


def test_a_pickle_of_noise_with_right_check_sums_is_refused_or_read(fixtures, write):
    with zipfile.ZipFile(fixtures / "convnext_gamma.pth") as archive:
        records = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    data = records.pop("data.pkl")
    generator = np.random.default_rng(0)
    refused = 0
    for _ in range(100):
        changed = bytearray(data)
        for place in generator.integers(0, len(data), 3):
            changed[place] = generator.integers(0, 256)
        try:
            read_pth(write(bytes(changed), records))
        except CheckpointError:
            refused += 1
    # What is left are other names, and numbers that are still inside of their storages.
    assert refused > 50


@pytest.mark.parametrize("name", ["convnext.pth", "convmixer_gelu.safetensors"])
def test_a_truncated_file_is_refused(fixtures, tmp_path, name):
    data = (fixtures / name).read_bytes()
    path = tmp_path / name
    for length in range(0, len(data), 997):
        path.write_bytes(data[:length])
        refuse(path, "found")


def test_a_byte_that_was_changed_is_found_or_changes_nothing(fixtures, tmp_path):
    data = (fixtures / "tensors.pth").read_bytes()
    expected = read_pth(fixtures / "tensors.pth")
    path = tmp_path / "changed.pth"
    found = 0
    for place in range(0, len(data), 19):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            read = read_pth(path)
        except CheckpointError:
            found += 1
            continue
        # Padding, times and the like.
        assert set(read) == set(expected)
        for name, array in read.items():
            np.testing.assert_array_equal(array, expected[name], strict=True)
    assert found > 50


def test_the_older_format_is_refused_with_what_to_do(fixtures):
    refuse(fixtures / "older_format.pth", "the format of older releases: load it with torch and save it again")


@pytest.mark.parametrize(("data", "found"), [(b"", "an empty file"), (b"GIF89a" * 9, "something else")])
def test_another_file_is_refused(tmp_path, data, found):
    path = tmp_path / "other.pth"
    path.write_bytes(data)
    refuse(path, rf"a file of torch\.save \(torch 1\.6 and later\) or of safetensors; found {found}")


def test_what_cannot_be_read_is_refused(tmp_path):
    refuse(tmp_path / "missing.pth", "a file that can be read; found No such file or directory")
    refuse(tmp_path, "a regular file; found a folder")
    if pathlib.Path(os.devnull).exists():
        refuse(os.devnull, "a regular file; found a special file")
