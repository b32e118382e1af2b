"""`kaggle://` through the real `kagglehub`, against a server on this machine."""

import json

import numpy as np
import pytest
from kagglesdk import kaggle_env

from keras_modnet.presets import PresetError, find_preset, read_preset

HANDLE = "kaggle://someone/tiny/keras/small"
SERVICE = "/v1/models.ModelApiService"


@pytest.fixture
def point_at(tmp_path, monkeypatch):
    """Returns `point_at(url)`, which makes that server Kaggle; nobody is logged in."""
    for name in ("KAGGLE_API_ENVIRONMENT", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "kaggle_cache"))
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path / "kaggle_config"))
    return lambda url: monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.PROD, url)


@pytest.fixture
def kaggle(server, answers, point_at, preset):
    """Kaggle with one model, whose newest version is 2; `files` are those of every version, by name."""
    files = {path.name: path.read_bytes() for path in preset.iterdir()}

    def answer_json(document):
        return answers.status(200, json.dumps(document).encode(), Content_Type="application/json")

    def give_file(handler):
        answers.status(200, files[json.loads(handler.body)["path"]])(handler)

    listed = {"files": [{"name": name} for name in files], "nextPageToken": ""}
    server.answers |= {
        f"{SERVICE}/GetModelInstance": answer_json({"versionNumber": 2}),
        f"{SERVICE}/ListModelInstanceVersionFiles": answer_json(listed),
        f"{SERVICE}/DownloadModelInstanceVersion": give_file,
    }
    point_at(server.url)
    return files


def test_the_newest_version_is_read_with_all_checks(kaggle, tensors):
    folder = find_preset(HANDLE)
    loaded = read_preset(folder).tensors
    assert all(np.array_equal(loaded[name], tensors[name]) for name in tensors)
    assert folder.name == "2"


def test_a_pinned_version_that_is_kept_needs_no_network(kaggle, server, gone, point_at):
    assert find_preset(f"{HANDLE}/1").name == "1"
    server.asked.clear()
    point_at(gone)
    assert read_preset(find_preset(f"{HANDLE}/1")).tensors
    assert server.asked == []


def test_without_network_and_cache_one_line_says_so(point_at, gone):
    point_at(gone)
    for handle in (HANDLE, f"{HANDLE}/1"):
        with pytest.raises(PresetError, match=f"{handle}: expected a preset on Kaggle or in its cache") as caught:
            find_preset(handle)
        assert "\n" not in str(caught.value)


def test_a_model_that_kaggle_does_not_have_is_one_line(server, point_at):
    point_at(server.url)
    with pytest.raises(PresetError, match="found KaggleApiHTTPError: 404 Client Error") as caught:
        find_preset(HANDLE)
    assert "\n" not in str(caught.value)


def test_files_that_are_not_as_listed_are_refused(kaggle):
    kaggle["model.safetensors"] += b"!"
    with pytest.raises(PresetError, match=r"model\.safetensors: expected \d+ bytes; found \d+ bytes, oversized"):
        read_preset(find_preset(HANDLE))


@pytest.mark.parametrize(
    "handle", ["kaggle://a/b/c", "kaggle://a/b/c/d/new", "kaggle://a/b/c/d/1/e", "kaggle://a/b//d"]
)
def test_a_handle_of_another_form_is_refused(handle):
    with pytest.raises(PresetError, match=r"expected kaggle://OWNER/MODEL/FRAMEWORK/VARIATION or "):
        find_preset(handle)
