"""`gs://` through the real `google-cloud-storage`, against a server on this machine."""

import json
from urllib.parse import quote

import numpy as np
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

from keras_modnet.presets import PresetError, find_preset, read_preset, write_preset
from keras_modnet.presets.sources import cloud_storage

HANDLE = "gs://bucket/models/tiny"


@pytest.fixture
def bucket(server, answers, cache, monkeypatch):
    """Returns `bucket(files)`, which puts files, by name, under the path of the handle."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
    monkeypatch.setattr(cloud_storage, "RETRY_SECONDS", 0.1)

    def put(files):
        for name, data in files.items():
            path = f"storage/v1/b/bucket/o/{quote(f'models/tiny/{name}', safe='')}"
            about = json.dumps({"name": name, "bucket": "bucket", "size": str(len(data)), "generation": "1"}).encode()
            server.answers[f"/{path}"] = answers.status(200, about, Content_Type="application/json")
            server.answers[f"/download/{path}"] = answers.status(200, data)

    return put


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_preset_is_read_with_all_checks(bucket, preset, tensors):
    bucket(contents(preset))
    loaded = read_preset(find_preset(HANDLE)).tensors
    assert all(np.array_equal(loaded[name], tensors[name]) for name in tensors)


def test_what_did_not_change_is_not_fetched_again(bucket, preset, server):
    bucket(contents(preset) | {"train.py": b"import os"})
    first = find_preset(HANDLE)
    assert not any(asked.endswith("train.py") for asked in server.asked)
    server.asked.clear()
    assert find_preset(f"{HANDLE}/") == first
    assert {asked.rpartition("%2F")[2] for asked in server.asked if "/o/" in asked} == {"metadata.json"}


def test_what_changed_is_fetched_and_the_newest_copy_serves_when_nobody_answers(
    bucket, preset, tmp_path, config, gone, monkeypatch
):
    bucket(contents(preset))
    first = find_preset(HANDLE)
    bucket(contents(write_preset(tmp_path / "other", config, {"x": np.ones(1, "float32")})))
    second = find_preset(HANDLE)
    assert list(read_preset(second).tensors) == ["x"]
    bucket(contents(preset))
    assert find_preset(HANDLE) == first != second
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gone)
    with pytest.warns(UserWarning, match=rf"{HANDLE}: nobody answers \(\w+\); the copy {first} is used"):
        assert find_preset(HANDLE) == first


def test_without_network_and_copy_one_line_says_so(bucket, gone, monkeypatch):
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gone)
    with pytest.raises(PresetError, match=rf"{HANDLE}: expected a preset in Google Cloud Storage or a copy") as caught:
        find_preset(HANDLE)
    assert "\n" not in str(caught.value)


def test_a_refusal_is_not_answered_by_a_copy(bucket, preset, server):
    bucket(contents(preset))
    find_preset(HANDLE)
    server.answers.clear()
    with pytest.raises(PresetError, match="found NotFound: 404"):
        find_preset(HANDLE)


def test_a_file_larger_than_listed_is_not_fetched(bucket, preset, server, cache):
    files = contents(preset)
    bucket(files | {"model.safetensors": files["model.safetensors"] + b"!"})
    with pytest.raises(PresetError, match=r"gs://bucket/models/tiny/model\.safetensors: expected at most \d+ bytes"):
        find_preset(HANDLE)
    assert not any(asked.startswith("GET /download") and "safetensors" in asked for asked in server.asked)
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_files_that_are_not_as_listed_are_refused(bucket, preset):
    files = contents(preset)
    bucket(files | {"model.safetensors": files["model.safetensors"][:-1] + b"!"})
    with pytest.raises(PresetError, match=r"model\.safetensors: expected SHA-256"):
        read_preset(find_preset(HANDLE))


def test_a_machine_without_credentials_asks_as_anybody(monkeypatch, tmp_path):
    for name in ("STORAGE_EMULATOR_HOST", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    assert isinstance(cloud_storage._client(storage)._credentials, AnonymousCredentials)


@pytest.mark.parametrize("handle", ["gs://bucket", "gs://bucket/", "gs://Bucket/x", "gs:///x", "gs://bucket/a//b"])
def test_a_handle_of_another_form_is_refused(handle):
    with pytest.raises(PresetError, match=r"expected gs://BUCKET/PATH; found a handle of another form"):
        find_preset(handle)
