"""The requests of docs/serving.md, sent as they stand to a server of the exported model."""

import pathlib
import re

import numpy as np
import pytest
import tensorflow as tf
from model_server.curl import commands_of, send

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "serving.md"


@pytest.fixture(scope="module")
def page():
    """The page, about the tests' model."""
    return PAGE.read_text(encoding="utf-8").replace("models/digits", "models/marks")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, images):
    """A folder with the files that the page sends: of one task's pixels each."""
    folder = tmp_path_factory.mktemp("pictures")
    pixels = images.astype("uint8")
    (folder / "a.png").write_bytes(tf.io.encode_png(pixels[0]).numpy())
    (folder / "b.jpg").write_bytes(tf.io.encode_jpeg(pixels[1], quality=100).numpy())
    return folder


def test_the_requests_of_the_page_are_answered(page, folder, server, serving_model, images, logits_of):
    answers = [send(command, server.rest, folder) for command in commands_of(page)]
    assert [status for status, _ in answers] == [200] * 6
    status, metadata, rows, columns, mixed, labelled = (answer for _, answer in answers)
    assert status["model_version_status"][0]["state"] == "AVAILABLE"
    assert "letters_image_bytes" in metadata["metadata"]["signature_def"]["signature_def"]
    letters, digits = (logits_of(serving_model, task, np.floor(images[:1]))[0] for task in ("letters", "digits"))
    assert rows["predictions"][0] == {name: values[0] for name, values in columns["outputs"].items()}
    for row, wanted in ((rows["predictions"][0], letters), (mixed["predictions"][0], letters)):
        np.testing.assert_allclose(row["logits"][: len(wanted)], wanted, atol=1e-5)
    assert [row["valid"] for row in mixed["predictions"]] == [True, True]
    np.testing.assert_allclose(labelled["outputs"]["logits"][0][:3], digits, atol=1e-5)


@pytest.mark.parametrize("library", ["urllib.request", "grpc"])
def test_the_clients_of_the_page_have_the_answers_of_the_model(page, server, serving_model, images, logits_of, library):
    [code] = [block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if f"import {library}" in block]
    code = code.replace("localhost:8501", server.rest).replace("localhost:8500", server.grpc)
    code = code.replace('"name": "digits"', '"name": "marks"')
    names = {"images": images}
    exec(compile(code, PAGE.name, "exec"), names)
    np.testing.assert_allclose(names["logits"], logits_of(serving_model, "letters", images), atol=1e-5)
