"""Warm-up requests: what TensorFlow Serving reads, for each signature and batch size."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

from keras_modnet.export.warmup import message, prediction_log

# What prediction_log_pb2.PredictionLog of tensorflow-serving-api 2.21 writes for such a request of the model "digits",
# signature "letters", input "x": [1.0]. The package would bring a second TensorFlow, so it is not among the tests' own.
BYTES_OF_THE_REAL_CLASS = bytes.fromhex(
    "322a0a280a110a066469676974731a076c65747465727312130a0178120e08011204120208012a040000803f"
)


def fields(content):
    """Yields `(number, bytes)` of a message whose fields are all of bytes, read by TensorFlow's own decoder."""
    position = 0

    def varint():
        nonlocal position
        value = shift = 0
        while True:
            byte = content[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(content):
        number = varint() >> 3
        size = varint()
        yield number, content[position : position + size]
        position += size


def requests(exported):
    for record in tf.data.TFRecordDataset(str(exported.path / "assets.extra" / "tf_serving_warmup_requests")):
        ((log, content),) = fields(record.numpy())
        ((request, content),) = fields(content)
        assert (log, request) == (6, 1)
        spec, *inputs = fields(content)
        pairs = [dict(fields(entry)) for number, entry in inputs if number == 2]
        tensors = {pair[1].decode(): tensor_pb2.TensorProto.FromString(pair[2]) for pair in pairs}
        yield dict(fields(spec[1])), tensors


def test_the_bytes_are_those_of_the_real_class():
    log = prediction_log("digits", "letters", {"x": tf.make_tensor_proto([1.0])})
    assert log == BYTES_OF_THE_REAL_CLASS


@pytest.mark.parametrize("size", [0, 127, 128, 300, 70000])
def test_a_field_of_any_length_is_read_back(size):
    assert list(fields(message((3, b"x" * size)))) == [(3, b"x" * size)]


def test_every_signature_runs_its_requests(exported, served):
    run = []
    for spec, tensors in requests(exported):
        name = spec[3].decode()
        inputs = {key: tf.constant(tf.make_ndarray(value)) for key, value in tensors.items()}
        answers = served.signatures[name](**inputs)
        run.append((name, len(next(iter(answers.values())))))
        assert spec[1] == b"marks"
        assert np.all(answers.get("valid", True))
    assert sorted(run) == sorted((name, size) for name in exported.signatures for size in (1, 3))
