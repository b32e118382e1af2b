"""The server: both APIs on ports of this machine alone."""

import concurrent.futures
import http.server
import threading

import grpc
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc

from model_server.grpc_services import Predictions, Statuses
from model_server.models import Models
from model_server.rest import Handler


class ModelServer:
    """Serves while it is entered.

    Args:
        config: `Path` of `models.config`.
        places: `{base_path as the file says: Path}`.

    Attributes:
        rest: `"host:port"` of the REST API.
        grpc: `"host:port"` of the gRPC API.
    """

    def __init__(self, config, places):
        self._models = Models(config, places)

    def __enter__(self):
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.models = self._models
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self._grpc = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(Predictions(self._models), self._grpc)
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(Statuses(self._models), self._grpc)
        self.rest = f"127.0.0.1:{self._http.server_address[1]}"
        self.grpc = f"127.0.0.1:{self._grpc.add_insecure_port('127.0.0.1:0')}"
        self._grpc.start()
        return self

    def __exit__(self, *error):
        self._grpc.stop(None).wait()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
        self._models.close()
