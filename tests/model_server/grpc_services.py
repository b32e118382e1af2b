"""The gRPC API: the services of tensorflow-serving-api."""

import contextlib

import grpc
import tensorflow as tf
from tensorflow_serving.apis import model_service_pb2_grpc, predict_pb2, prediction_service_pb2_grpc

from model_server.versions import NotFoundError, WrongRequestError


class Predictions(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Predict and metadata.

    Args:
        models: the `Models` of the server.
    """

    def __init__(self, models):
        self._models = models

    def Predict(self, request, context):  # noqa: N802 - its name in gRPC.
        """Answers a `PredictRequest`."""
        with _told(context):
            spec = request.model_spec
            version = self._models.version(spec.name, _number(self._models, spec))
            inputs = {name: tf.make_ndarray(value) for name, value in request.inputs.items()}
            outputs = version.run(spec.signature_name, inputs)
            wanted = {name: outputs[name] for name in request.output_filter or outputs}
            response = predict_pb2.PredictResponse(model_spec=spec)
            response.model_spec.version.value = version.number
            for name, values in wanted.items():
                response.outputs[name].CopyFrom(tf.make_tensor_proto(values))
            return response

    def GetModelMetadata(self, request, context):  # noqa: N802 - its name in gRPC.
        """Answers a `GetModelMetadataRequest`."""
        with _told(context):
            return self._models.metadata(request.model_spec.name, _number(self._models, request.model_spec))


class Statuses(model_service_pb2_grpc.ModelServiceServicer):
    """Model status.

    Args:
        models: the `Models` of the server.
    """

    def __init__(self, models):
        self._models = models

    def GetModelStatus(self, request, context):  # noqa: N802 - its name in gRPC.
        """Answers a `GetModelStatusRequest`."""
        with _told(context):
            return self._models.status(request.model_spec.name, _number(self._models, request.model_spec))


def _number(models, spec):
    if spec.version_label:
        return models.labelled(spec.name, spec.version_label)
    return spec.version.value if spec.HasField("version") else None


@contextlib.contextmanager
def _told(context):
    try:
        yield
    except WrongRequestError as error:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
    except NotFoundError as error:
        context.abort(grpc.StatusCode.NOT_FOUND, str(error))
