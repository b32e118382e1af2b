"""Warm-up requests: what TensorFlow Serving reads, for each signature and batch size."""

import numpy as np
import pytest
import tensorflow as tf
from google.protobuf import wrappers_pb2
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from keras_modnet.export.warmup import message, prediction_log


def test_the_bytes_are_those_of_the_real_class():
    request = predict_pb2.PredictRequest(model_spec={"name": "digits", "signature_name": "letters"})
    request.inputs["x"].CopyFrom(tf.make_tensor_proto([1.0]))
    log = prediction_log_pb2.PredictionLog(predict_log={"request": request})
    assert prediction_log("digits", "letters", dict(request.inputs)) == log.SerializeToString()


@pytest.mark.parametrize("size", [1, 127, 128, 300, 70000])
def test_a_field_of_any_length_is_read_back(size):
    assert wrappers_pb2.BytesValue.FromString(message((1, b"x" * size))).value == b"x" * size


def test_every_signature_runs_its_requests(exported, served):
    run = []
    for record in tf.data.TFRecordDataset(str(exported.path / "assets.extra" / "tf_serving_warmup_requests")):
        log = prediction_log_pb2.PredictionLog.FromString(record.numpy())
        assert log.WhichOneof("log_type") == "predict_log"
        request = log.predict_log.request
        name = request.model_spec.signature_name
        inputs = {key: tf.constant(tf.make_ndarray(value)) for key, value in request.inputs.items()}
        answers = served.signatures[name](**inputs)
        run.append((name, len(next(iter(answers.values())))))
        assert request.model_spec.name == "marks"
        assert np.all(answers.get("valid", True))
    assert sorted(run) == sorted((name, size) for name in exported.signatures for size in (1, 3))
