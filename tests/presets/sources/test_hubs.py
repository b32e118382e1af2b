"""What all handles have in common."""

import sys

import pytest

from keras_modnet.presets import PresetError, find_preset, upload_preset
from keras_modnet.presets.sources.hubs import hub_errors


@pytest.mark.parametrize(
    ("handle", "module", "package"),
    [
        ("hf://someone/tiny", "huggingface_hub", "huggingface_hub"),
        ("kaggle://someone/tiny/keras/small", "kagglehub", "kagglehub"),
        ("gs://bucket/tiny", "google.cloud.storage", "google-cloud-storage"),
    ],
)
def test_a_missing_package_is_one_line_with_the_command(monkeypatch, handle, module, package):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(PresetError) as caught:
        find_preset(handle)
    assert str(caught.value).startswith(f"{handle}: expected the package {package}; found ")
    assert str(caught.value).endswith(f"; install it: pip install {package}.")


def test_an_upload_without_the_package_is_one_line_with_the_command(monkeypatch, preset):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(PresetError, match="install it: pip install huggingface_hub"):
        upload_preset(preset, "hf://someone/tiny")


@pytest.mark.parametrize("handle", ["s3://bucket/tiny", "https://example.com/tiny", "file:///tmp/tiny", "://x"])
def test_an_unknown_scheme_is_refused(handle):
    with pytest.raises(PresetError, match=r"a handle of hf://, kaggle://, gs://; found the scheme"):
        find_preset(handle)


def test_an_error_of_a_hub_becomes_one_line_with_its_cause():
    cause = RuntimeError("one\n\n  two\n" + "x" * 1000)
    with pytest.raises(PresetError) as caught, hub_errors("hf://a/b", "a preset"):
        raise cause
    assert str(caught.value).startswith("hf://a/b: expected a preset; found RuntimeError: one two xxx")
    assert len(str(caught.value)) < 400
    assert caught.value.__cause__ is cause
