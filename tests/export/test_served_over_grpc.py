"""The exported SavedModel behind the gRPC services of tensorflow-serving-api, asked with its own messages."""

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)


@pytest.fixture(scope="module")
def channel(server):
    with grpc.insecure_channel(server.grpc) as channel:
        yield channel


@pytest.fixture(scope="module")
def predict(channel):
    """Returns `predict(signature, inputs, output_filter=(), **model_spec)`: `{output: array}`."""
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)

    def predict(signature, inputs, output_filter=(), **spec):
        spec = {"name": "marks", "signature_name": signature} | spec
        request = predict_pb2.PredictRequest(model_spec=spec, output_filter=output_filter)
        for name, values in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(values))
        response = stub.Predict(request, timeout=60)
        assert response.model_spec.version.value == 1
        return {name: tf.make_ndarray(value) for name, value in response.outputs.items()}

    return predict


@pytest.mark.parametrize("signature", ["digits", "letters", "marks", "vectors", "serving_default", ""])
def test_every_task_answers_as_the_model(predict, serving_model, images, logits_of, signature):
    task = signature if signature in serving_model.task_names else "letters"
    answer = predict(signature, {"images": images})
    output = "features" if task == "vectors" else "logits"
    np.testing.assert_allclose(answer[output], logits_of(serving_model, task, images), atol=1e-5)


def test_files_and_names_of_tasks_are_strings(predict, serving_model, images, logits_of):
    files = [tf.io.encode_png(image).numpy() for image in images.astype("uint8")]
    tasks = ["marks", "digits", "letters", "nothing"]
    answer = predict("mixed_by_name_image_bytes", {"image_bytes": files, "task_name": tasks})
    assert answer["valid"].tolist() == [True, True, True, False]
    for row, task in enumerate(tasks[:3]):
        logits = logits_of(serving_model, task, np.floor(images[row : row + 1]))[0]
        np.testing.assert_allclose(answer["logits"][row, : len(logits)], logits, atol=1e-5)
    best = serving_model.class_names["marks"][answer["logits"][0].argmax()]
    assert answer["classes"][0, 0].decode() == best


def test_a_client_may_ask_for_one_output_and_for_a_version_by_number_or_label(predict, images):
    answer = predict("digits", {"images": images})
    for spec in ({"version": {"value": 1}}, {"version_label": "stable"}):
        one = predict("digits", {"images": images}, output_filter=["probabilities"], **spec)
        assert set(one) == {"probabilities"}
        np.testing.assert_array_equal(one["probabilities"], answer["probabilities"])


def test_status_and_metadata_are_those_of_the_version(channel, exported):
    spec = {"name": "marks"}
    status = model_service_pb2_grpc.ModelServiceStub(channel).GetModelStatus(
        get_model_status_pb2.GetModelStatusRequest(model_spec=spec), timeout=60
    )
    [version] = status.model_version_status
    assert (version.version, version.state) == (1, get_model_status_pb2.ModelVersionStatus.AVAILABLE)
    request = get_model_metadata_pb2.GetModelMetadataRequest(model_spec=spec, metadata_field=["signature_def"])
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    signatures = get_model_metadata_pb2.SignatureDefMap()
    stub.GetModelMetadata(request, timeout=60).metadata["signature_def"].Unpack(signatures)
    methods = {name: one.method_name for name, one in signatures.signature_def.items() if name in exported.signatures}
    assert methods == dict.fromkeys(exported.signatures, "tensorflow/serving/predict")


@pytest.mark.parametrize(
    ("signature", "spec", "code"),
    [
        ("words", {}, grpc.StatusCode.INVALID_ARGUMENT),
        ("mixed", {}, grpc.StatusCode.INVALID_ARGUMENT),
        ("digits", {"name": "other"}, grpc.StatusCode.NOT_FOUND),
        ("digits", {"version": {"value": 2}}, grpc.StatusCode.NOT_FOUND),
    ],
)
def test_a_wrong_request_is_told(predict, images, signature, spec, code):
    with pytest.raises(grpc.RpcError) as raised:
        predict(signature, {"images": images}, **spec)
    assert raised.value.code() == code
