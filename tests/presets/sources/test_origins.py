"""Entries of the zoo without weights: downloaded, converted, kept, and described without a network."""

import dataclasses
import json
import shutil
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from keras_modnet.presets import PresetError, find_preset, host_weights, list_presets, read_preset, write_entry

CHECKPOINT = b"a checkpoint of somebody else's"


@dataclasses.dataclass
class Converted:
    arguments: dict
    tensors: dict


@pytest.fixture
def convert(monkeypatch, config, tensors):
    """The converter in place of the real one: knows one file; `calls` lists what it was asked for."""
    calls = []

    def convert(path, architecture, image_size):
        calls.append(architecture if image_size is None else (architecture, image_size))
        if path.read_bytes() != CHECKPOINT:
            raise ValueError(f"{path}: expected a zip archive; found something else.")
        return Converted(config["model"], tensors)

    monkeypatch.setitem(sys.modules, "keras_modnet.converters", SimpleNamespace(convert=convert))
    convert.calls = calls
    return convert


@pytest.fixture
def foreign(zoo, server, answers, cache, config, tensors, convert):
    """An entry of the zoo whose weights are somebody else's checkpoint, of which no size and no hash is stated."""
    origin = {"kind": "checkpoint", "url": f"{server.url}/one.pth", "file": "one.pth", "bytes": None, "sha256": None}
    origin["architecture"] = "tiny_net"
    server.answers["/one.pth"] = answers.status(200, CHECKPOINT)
    extra = {"README.md": "# Foreign\n"}
    return write_entry(zoo / "foreign", config, tensors, origin, {"licence": "MIT"}, extra)


def equal(tensors, others):
    return tensors.keys() == others.keys() and all(np.array_equal(tensors[name], others[name]) for name in tensors)


def test_hosted_weights_are_downloaded_once_and_read_as_any_preset(hosted, server, tensors):
    for _ in range(2):
        contents = read_preset(find_preset("hosted"))
        assert equal(contents.tensors, tensors)
    assert server.asked == [hosted.request]
    assert find_preset("hosted").name == "hosted"
    (hosted.folder / "README.md").write_text("edited in its place")
    assert (find_preset("hosted") / "README.md").read_text() == "# Hosted\n"


def test_hosted_weights_that_changed_are_refused(hosted, server, answers, cache):
    server.answers[hosted.path] = answers.status(200, hosted.file.read_bytes()[:-1] + b"!")
    with pytest.raises(PresetError, match=r"hosted-.*\.safetensors: expected SHA-256 .*, downloaded"):
        find_preset("hosted")
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_an_origin_against_the_list_of_files_is_refused(hosted, alter_json, seal):
    alter_json(hosted.folder / "metadata.json", lambda metadata: metadata["origin"].update(bytes=1))
    seal(hosted.folder)
    with pytest.raises(PresetError, match=r"metadata\.json: expected the origin of"):
        find_preset("hosted")


def test_another_release_of_an_entry_is_downloaded_again(hosted, server, alter_json, seal):
    first = find_preset("hosted")
    alter_json(hosted.folder / "metadata.json", lambda metadata: metadata["card"].update(licence="MIT"))
    seal(hosted.folder)
    second = find_preset("hosted")
    assert first != second
    assert read_preset(second).metadata["card"] == {"licence": "MIT"}
    # Equal weights are not fetched twice.
    assert server.asked == [hosted.request]


def test_a_checkpoint_is_converted_once_and_read_as_any_preset(foreign, server, convert, tensors, config):
    for _ in range(2):
        contents = read_preset(find_preset("foreign"))
        assert equal(contents.tensors, tensors)
        assert contents.config["model"] == json.loads(json.dumps(config["model"]))
        assert contents.metadata["name"] == "foreign"
        assert contents.metadata["card"] == {"licence": "MIT"}
    assert (find_preset("foreign") / "README.md").read_text() == "# Foreign\n"
    assert convert.calls == ["tiny_net"]
    assert server.asked == ["GET /one.pth"]


def test_a_converted_preset_says_which_file_it_was(foreign, cache):
    origin = read_preset(find_preset("foreign")).metadata["origin"]
    record = (cache / "downloads" / "one.pth.sha256").read_text()
    assert origin["bytes"] == len(CHECKPOINT)
    assert record == f"{origin['sha256']}  one.pth\n"


def test_what_cannot_be_converted_is_not_kept(foreign, server, answers, cache):
    server.answers["/one.pth"] = answers.status(200, b"<html>Please log in</html>")
    with pytest.raises(PresetError, match=r"one\.pth: expected a checkpoint of tiny_net; found .*something else"):
        find_preset("foreign")
    assert [path for path in cache.rglob("*") if path.is_file()] == []
    server.answers["/one.pth"] = answers.status(200, CHECKPOINT)
    assert find_preset("foreign").is_dir()


def test_other_arguments_than_the_entry_lists_are_refused(foreign, config):
    config["model"]["width"] = 5
    with pytest.raises(PresetError, match=r"config\.json: expected the arguments that conversion gives; .*width"):
        find_preset("foreign")


def test_other_tensors_than_the_entry_lists_are_refused(foreign, tensors):
    tensors["head/bias"] = np.zeros(3, "float32")
    with pytest.raises(PresetError, match=r"expected the tensors that metadata\.json lists; found another 'head/bias'"):
        find_preset("foreign")


@pytest.mark.parametrize(("name", "file"), [("foreign", "one.pth"), ("hosted", None)])
def test_a_file_put_there_by_hand_needs_no_network(foreign, hosted, server, cache, name, file):
    # The error without a server says where; the file is put there.
    content = CHECKPOINT if name == "foreign" else hosted.file.read_bytes()
    server.answers.clear()
    with pytest.raises(PresetError) as caught:
        find_preset(name)
    line = str(caught.value)
    folder = cache / "downloads"
    file = file or next(word for word in line.split() if word.startswith("hosted-"))
    assert f"{name}: expected the file {file} from {server.url}/" in line
    assert f"put it into {folder} by hand, or take a preset that needs no network: small." in line
    assert "\n" not in line
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(content)
    server.asked.clear()
    assert read_preset(find_preset(name)).tensors
    assert server.asked == []


def test_a_wrong_checkpoint_put_there_by_hand_is_named_and_left_alone(foreign, server, cache):
    place = cache / "downloads" / "one.pth"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"another")
    with pytest.raises(PresetError) as caught:
        find_preset("foreign")
    assert caught.value.file == str(place)
    assert place.read_bytes() == b"another"
    assert server.asked == []


def test_no_server_is_one_line_and_what_is_kept_still_loads(foreign, hosted, server, tensors):
    find_preset("foreign")
    server.stop()
    assert equal(read_preset(find_preset("foreign")).tensors, tensors)
    with pytest.raises(PresetError, match=r"no connection .* that needs no network: foreign, small\."):
        find_preset("hosted")
    # Stopped twice by the fixture otherwise.
    server.stop = lambda: None


def test_without_weights_nothing_is_asked_for(foreign, hosted, server, config):
    for folder in (foreign, hosted.folder):
        assert find_preset(folder.name, with_weights=False) == folder
        contents = read_preset(folder, load_tensors=False)
        assert contents.tensors == {}
        assert contents.config["model"]["width"] == config["model"]["width"]
        with pytest.raises(PresetError, match=r"model\.safetensors: expected the weights; found only their origin"):
            read_preset(folder)
    assert server.asked == []


def test_the_table_says_where_the_weights_are(foreign, hosted, server):
    assert {name: info.weights for name, info in list_presets().items()} == {
        "foreign": "download",
        "hosted": "download",
        "small": "local",
    }
    assert server.asked == []
    find_preset("foreign")
    assert list_presets()["foreign"].weights == "cached"


def test_a_kept_preset_is_checked_on_every_load(foreign):
    kept = find_preset("foreign")
    weights = kept / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(PresetError, match=r"model\.safetensors: expected \d+ bytes; found \d+ bytes, truncated"):
        read_preset(find_preset("foreign"))
    shutil.rmtree(kept.parent)
    assert read_preset(find_preset("foreign")).tensors


ORIGIN_FAULTS = {
    "url": "ftp://example.com/one.pth",
    "file": "../one.pth",
    "bytes": "many",
    "sha256": "f" * 63,
    "architecture": "",
    "kind": "archive",
    "command": "print()",
}


@pytest.mark.parametrize("key", ORIGIN_FAULTS)
def test_an_origin_against_its_schema_is_refused(zoo, config, tensors, key):
    origin = {"kind": "checkpoint", "url": "https://example.com/one.pth", "file": "one.pth", "bytes": 1}
    origin |= {"sha256": None, "architecture": "tiny_net", key: ORIGIN_FAULTS[key]}
    with pytest.raises(PresetError, match=r"\$\.origin"):
        write_entry(zoo / "wrong", config, tensors, origin)
    assert not (zoo / "wrong").exists()


def test_weights_that_are_not_listed_are_not_read(foreign, hosted):
    shutil.copyfile(hosted.file, foreign / "model.safetensors")
    with pytest.raises(PresetError, match=r"model\.safetensors: expected a file that metadata\.json lists"):
        read_preset(foreign)


def test_hosting_keeps_the_weights(zoo, tmp_path, tensors):
    before = (zoo / "small" / "model.safetensors").read_bytes()
    file = host_weights(zoo / "small", "https://example.com/small.safetensors", tmp_path / "away.safetensors")
    assert file.read_bytes() == before
    assert not (zoo / "small" / "model.safetensors").exists()
    assert list_presets()["small"].weights == "download"


def test_hosting_replaces_no_file(zoo, tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(ValueError, match="`destination` must be the path of a new file"):
        host_weights(zoo / "small", "https://example.com/small.safetensors", tmp_path / "mine")
    with pytest.raises(PresetError, match=r"\$\.origin"):
        host_weights(zoo / "small", "file:///etc/passwd", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert read_preset(zoo / "small").tensors
