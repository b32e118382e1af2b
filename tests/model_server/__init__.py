"""A server of SavedModels for tests: it answers as TensorFlow Serving documents its APIs, and is none.

Messages and services of gRPC are the classes of tensorflow-serving-api. A signature runs as TensorFlow Serving runs it:
by the names of its tensors in a session, not as a Python function. What the JSON of REST means is written here, after
TensorFlow Serving's page "RESTful API". Where a request is wrong the status is TensorFlow Serving's, the words are not.
"""

from model_server.server import ModelServer

__all__ = ["ModelServer"]
