"""`hf://` through the real `huggingface_hub`, against a hub on this machine."""

import numpy as np
import pytest
from huggingface_hub import constants

from keras_modnet.presets import PresetError, find_preset, read_preset, upload_preset, write_preset

REPOSITORY = "someone/tiny"


@pytest.fixture
def hub(local_hub):
    """A hub on this machine with the repository `someone/tiny`."""
    return local_hub(REPOSITORY)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_preset_of_a_branch_is_read_with_all_checks(hub, preset, tensors):
    hub.commit("main", contents(preset))
    loaded = read_preset(find_preset(f"hf://{REPOSITORY}")).tensors
    assert all(np.array_equal(loaded[name], tensors[name]) for name in tensors)


def test_only_what_metadata_lists_is_fetched(hub, preset, server):
    more = {
        "optimizer.safetensors": b"huge",
        "train.py": b"import os",
        "sub/README.md": b"another",
        ".gitattributes": b"",
    }
    commit = hub.commit("main", contents(preset) | more)
    folder = find_preset(f"hf://{REPOSITORY}")
    listed = {"config.json", "metadata.json", "model.safetensors", "README.md"}
    fetched = {asked.split("/resolve/")[1] for asked in server.asked if "/resolve/" in asked}
    assert {path.name for path in folder.iterdir()} == listed
    assert fetched == {f"{commit}/{name}" for name in listed}
    assert not any(path.is_symlink() for path in folder.iterdir())


def test_a_revision_is_pinned_in_the_handle(hub, preset, tmp_path, config):
    first = hub.commit("v1", contents(preset))
    other = write_preset(tmp_path / "other", config, {"x": np.ones(1, "float32")})
    second = hub.commit("main", contents(other))
    assert find_preset(f"hf://{REPOSITORY}@v1").name == find_preset(f"hf://{REPOSITORY}@{first}").name == first
    assert find_preset(f"hf://{REPOSITORY}").name == second
    assert list(read_preset(find_preset(f"hf://{REPOSITORY}@{second}")).tensors) == ["x"]


def test_a_pinned_commit_that_is_kept_is_not_asked_for_again(hub, preset, server):
    commit = hub.commit("main", contents(preset))
    find_preset(f"hf://{REPOSITORY}@{commit}")
    server.asked.clear()
    assert read_preset(find_preset(f"hf://{REPOSITORY}@{commit}")).tensors
    assert server.asked == []


def test_what_the_hub_no_longer_gives_is_taken_from_the_cache(hub, preset, server, gone, monkeypatch):
    hub.commit("main", contents(preset))
    kept = find_preset(f"hf://{REPOSITORY}")
    monkeypatch.setattr(constants, "ENDPOINT", gone)
    assert find_preset(f"hf://{REPOSITORY}") == kept


def test_without_network_and_cache_one_line_says_so(hub, gone, monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", gone)
    with pytest.raises(PresetError, match=r"hf://someone/tiny: expected a preset on the Hugging Face Hub") as caught:
        find_preset(f"hf://{REPOSITORY}")
    assert "LocalEntryNotFoundError" in caught.value.found
    assert "\n" not in str(caught.value)


def test_a_repository_that_is_no_preset_is_refused(hub):
    hub.commit("main", {"model.safetensors": b"huge", "config.json": b"{}"})
    with pytest.raises(PresetError, match=r"metadata\.json: expected a file that can be read; found No such file"):
        find_preset(f"hf://{REPOSITORY}")


@pytest.mark.parametrize("change", [b"!", b""])
def test_files_that_are_not_as_listed_are_refused(hub, preset, change):
    files = contents(preset)
    hub.commit("main", files | {"model.safetensors": files["model.safetensors"][:-1] + change})
    with pytest.raises(PresetError, match=r"model\.safetensors: expected"):
        read_preset(find_preset(f"hf://{REPOSITORY}"))


@pytest.mark.parametrize("handle", ["hf://tiny", "hf://a/b/c", "hf://a/b@", "hf://../b", "hf://a/b c", "hf:///b"])
def test_a_handle_of_another_form_is_refused(handle):
    with pytest.raises(PresetError, match=r"expected hf://OWNER/NAME or hf://OWNER/NAME@REVISION"):
        find_preset(handle)


def test_an_upload_comes_back_by_the_handle_that_it_returns(hub, preset, tensors):
    hub.accept_uploads()
    (preset / "notes.txt").write_text("mine")
    handle = upload_preset(preset, f"hf://{REPOSITORY}")
    assert hub.uploaded == {name: data for name, data in contents(preset).items() if name != "notes.txt"}
    loaded = read_preset(find_preset(handle)).tensors
    assert all(np.array_equal(loaded[name], tensors[name]) for name in tensors)


def test_a_damaged_preset_is_not_uploaded(hub, preset, server):
    (preset / "README.md").write_text("changed")
    with pytest.raises(PresetError, match=r"README\.md: expected"):
        upload_preset(preset, f"hf://{REPOSITORY}")
    assert server.asked == []


def test_a_hub_that_refuses_an_upload_is_one_line(hub, preset, server, answers):
    server.answers["/api/repos/create"] = answers.status(401)
    with pytest.raises(
        PresetError, match=r"hf://someone/tiny: expected a repository .* that takes the preset"
    ) as caught:
        upload_preset(preset, f"hf://{REPOSITORY}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("handle", ["kaggle://a/b/c/d", "gs://bucket/path", "someone/tiny"])
def test_an_upload_elsewhere_is_refused(preset, handle):
    with pytest.raises(PresetError, match="expected a handle hf://OWNER/NAME to upload to"):
        upload_preset(preset, handle)
