"""Warm-up requests: what a server runs before it says that a version is there. Imports TensorFlow where it writes."""

import numpy as np

FILE = "assets.extra/tf_serving_warmup_requests"
# Numbers of fields in the messages of tensorflow-serving-api, whose package would bring a second TensorFlow.
PREDICT_LOG, REQUEST = 6, 1
MODEL_SPEC, INPUTS = 1, 2
MODEL_NAME, SIGNATURE_NAME = 1, 3
KEY, VALUE = 1, 2


def write_warmup(folder, network, signatures, options):
    """Writes one request for each signature and batch size, as TensorFlow Serving reads them.

    Args:
        folder: `Path` of the SavedModel.
        network: the `ServedNetwork`.
        signatures: its `Signature`s.
        options: `ServingOptions`; without batch sizes nothing is written.
    """
    import tensorflow as tf

    if not options.warmup:
        return
    (folder / FILE).parent.mkdir()
    with tf.io.TFRecordWriter(str(folder / FILE)) as writer:
        for signature in signatures:
            for size in options.warmup:
                inputs = _inputs(network, signature, size)
                writer.write(prediction_log(options.model_name, signature.name, inputs))


def prediction_log(model_name, signature_name, inputs):
    """Returns the bytes of a `tensorflow.serving.PredictionLog` with a predict request.

    Args:
        model_name: name of the model.
        signature_name: name of the signature.
        inputs: `{name: TensorProto}`.
    """
    spec = message((MODEL_NAME, model_name.encode()), (SIGNATURE_NAME, signature_name.encode()))
    entries = [message((KEY, name.encode()), (VALUE, proto.SerializeToString())) for name, proto in inputs.items()]
    request = message((MODEL_SPEC, spec), *((INPUTS, entry) for entry in entries))
    return message((PREDICT_LOG, message((REQUEST, request))))


def message(*fields):
    """Returns a protocol buffer of fields that are bytes, texts or messages: pairs `(number, bytes)`."""
    return b"".join(_varint(number << 3 | 2) + _varint(len(content)) + content for number, content in fields)


def _varint(value):
    content = bytearray()
    while value > 0x7F:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*content, value])


def _inputs(network, signature, size):
    import tensorflow as tf

    inputs = {"images": _repeated((size, *network.image_shape), tf.float32, float_val=[0.0])}
    if signature.encoded:
        file = tf.io.encode_png(np.zeros(network.image_shape, "uint8")).numpy()
        inputs = {"image_bytes": _repeated((size,), tf.string, string_val=[file])}
    if signature.task is None:
        index, name = next((i, task.name) for i, task in enumerate(network.tasks) if task.num_classes is not None)
        by_name = {"task_name": _repeated((size,), tf.string, string_val=[name.encode()])}
        inputs |= by_name if signature.by_name else {"task": _repeated((size,), tf.int32, int_val=[index])}
    return inputs


def _repeated(shape, dtype, **value):
    """Returns the `TensorProto` of a tensor whose elements are equal: TensorFlow repeats the last one that is there."""
    import tensorflow as tf
    from tensorflow.core.framework import tensor_pb2

    return tensor_pb2.TensorProto(dtype=dtype.as_datatype_enum, tensor_shape=tf.TensorShape(shape).as_proto(), **value)
