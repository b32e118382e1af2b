"""The exported SavedModel behind the REST API that TensorFlow Serving documents: requests and answers in JSON."""

import base64
import json

import numpy as np
import pytest
import tensorflow as tf
from model_server.curl import send


@pytest.fixture(scope="module")
def ask(server):
    """Returns `ask(path, body=None)`: the answer's `(status, decoded JSON)`."""

    def ask(path, body=None):
        data = "" if body is None else f" -d '{json.dumps(body)}'"
        return send(f"curl localhost:8501/v1/models/{path}{data}", server.rest)

    return ask


def encoded(images):
    files = [tf.io.encode_png(image).numpy() for image in images.astype("uint8")]
    return [{"b64": base64.b64encode(file).decode()} for file in files]


def close(answer, wanted):
    np.testing.assert_allclose(answer, np.asarray(wanted), rtol=1e-5, atol=1e-5)


def test_pixels_in_rows_and_in_columns_have_the_answers_of_the_model(ask, serving_model, images, logits_of):
    logits = logits_of(serving_model, "marks", images)
    status, rows = ask("marks:predict", {"signature_name": "marks", "instances": images.tolist()})
    assert status == 200
    close([row["logits"] for row in rows["predictions"]], logits)
    assert rows["predictions"][0]["classes"][0] == serving_model.class_names["marks"][logits[0].argmax()]
    named = [{"images": image.tolist()} for image in images]
    assert ask("marks:predict", {"signature_name": "marks", "instances": named}) == (200, rows)
    columns = {name: [row[name] for row in rows["predictions"]] for name in rows["predictions"][0]}
    for inputs in (images.tolist(), {"images": images.tolist()}):
        assert ask("marks:predict", {"signature_name": "marks", "inputs": inputs}) == (200, {"outputs": columns})


def test_without_a_name_the_default_task_answers(ask, serving_model, images, logits_of):
    _, answer = ask("marks:predict", {"inputs": images.tolist()})
    close(answer["outputs"]["logits"], logits_of(serving_model, "letters", images))


def test_a_single_output_goes_without_its_name(ask, serving_model, images, logits_of):
    for form, key in (("instances", "predictions"), ("inputs", "outputs")):
        status, answer = ask("marks:predict", {"signature_name": "vectors", form: images.tolist()})
        assert status == 200
        close(answer[key], logits_of(serving_model, "vectors", images))


@pytest.mark.parametrize("form", ["instances", "named instances", "inputs", "named inputs"])
def test_files_in_base64_answer_as_their_pixels(ask, images, form):
    files, key = encoded(images), form.split()[-1]
    named = {"named instances": [{"image_bytes": file} for file in files], "named inputs": {"image_bytes": files}}
    body = {"signature_name": "digits_image_bytes", key: named.get(form, files)}
    status, answer = ask("marks:predict", body)
    assert status == 200
    _, pixels = ask("marks:predict", {"signature_name": "digits", "inputs": np.floor(images).tolist()})
    given = (
        answer["outputs"]
        if key == "inputs"
        else {name: [row[name] for row in answer["predictions"]] for name in answer["predictions"][0]}
    )
    assert given["valid"] == [True] * len(images)
    close(given["probabilities"], pixels["outputs"]["probabilities"])
    assert given["classes"] == pixels["outputs"]["classes"]


def test_rows_of_several_tasks_and_one_that_is_no_image(ask, serving_model, images, logits_of):
    files = [*encoded(images[:2]), {"b64": "AAAA"}]
    tasks = ["marks", "digits", "marks"]
    rows = [{"image_bytes": file, "task_name": task} for file, task in zip(files, tasks, strict=True)]
    status, answer = ask("marks:predict", {"signature_name": "mixed_by_name_image_bytes", "instances": rows})
    assert status == 200
    first, second, third = answer["predictions"]
    close(first["logits"], logits_of(serving_model, "marks", np.floor(images[:1]))[0])
    close(second["logits"][:3], logits_of(serving_model, "digits", np.floor(images[1:2]))[0])
    assert second["logits"][3] == pytest.approx(-1e9)
    assert (third["valid"], third["logits"], third["classes"]) == (False, [0.0] * 4, ["", ""])
    body = {"signature_name": "mixed", "inputs": {"images": images[:2].tolist(), "task": [2, 0]}}
    _, by_index = ask("marks:predict", body)
    close(by_index["outputs"]["logits"][0], logits_of(serving_model, "marks", images[:1])[0])


def test_versions_and_labels_are_paths(ask, images):
    body = {"signature_name": "digits", "instances": images.tolist()}
    answers = [ask(f"marks{version}:predict", body) for version in ("", "/versions/1", "/labels/stable")]
    assert answers[0] == answers[1] == answers[2]
    assert ask("marks/versions/7:predict", body)[0] == 404
    assert ask("marks/labels/canary:predict", body)[0] == 404


def test_the_status_says_that_the_version_is_there(ask):
    status = {"version": "1", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
    assert ask("marks") == ask("marks/versions/1") == (200, {"model_version_status": [status]})
    code, answer = ask("other")
    assert code == 404
    assert "error" in answer


def test_the_metadata_names_the_signatures_and_what_they_take(ask, exported):
    status, answer = ask("marks/metadata")
    assert status == 200
    signatures = answer["metadata"]["signature_def"]["signature_def"]
    # TensorFlow's own, which initializes; no client calls it.
    assert set(signatures) - {"__saved_model_init_op"} == set(exported.signatures)
    mixed = signatures["mixed_by_name_image_bytes"]
    assert {name: info["dtype"] for name, info in mixed["inputs"].items()} == {
        "image_bytes": "DT_STRING",
        "task_name": "DT_STRING",
    }
    assert [one["size"] for one in signatures["digits"]["inputs"]["images"]["tensor_shape"]["dim"]] == [
        "-1",
        "4",
        "4",
        "1",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"signature_name": "words", "instances": [[[[0.0]]]]},
        {"signature_name": "digits", "instances": [[[[0.0]]]]},
        {"signature_name": "digits", "instances": []},
        {"signature_name": "mixed", "instances": [[[[0.0]]]]},
        {"signature_name": "digits_image_bytes", "instances": [1.0]},
        {"signature_name": "digits"},
    ],
)
def test_a_wrong_request_is_an_error_of_the_client_and_the_next_is_answered(ask, images, body):
    status, answer = ask("marks:predict", body)
    assert status == 400
    assert list(answer) == ["error"]
    assert ask("marks:predict", {"instances": images.tolist()})[0] == 200
