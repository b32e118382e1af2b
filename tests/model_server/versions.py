"""One version of a model: a SavedModel whose signatures run in a session."""

import numpy as np
import tensorflow as tf


class WrongRequestError(Exception):
    """A request that the client has to change: 400, INVALID_ARGUMENT."""


class NotFoundError(Exception):
    """A model, version or label that is not served: 404, NOT_FOUND."""


class Version:
    """A SavedModel, loaded.

    Args:
        path: its folder.
    """

    def __init__(self, path):
        self.number = int(path.name)
        self._session = tf.compat.v1.Session(graph=tf.Graph())
        with self._session.graph.as_default():
            loaded = tf.compat.v1.saved_model.load(self._session, ["serve"], str(path))
        self.signatures = dict(loaded.signature_def)

    def signature(self, name):
        """Returns the `SignatureDef` of a name; of an empty one the default."""
        name = name or "serving_default"
        if name not in self.signatures:
            raise WrongRequestError(f"no signature {name}")
        return self.signatures[name]

    def run(self, name, inputs):
        """Returns `{output: array}` of a signature for `{input: array}`."""
        signature = self.signature(name)
        if set(inputs) != set(signature.inputs):
            raise WrongRequestError(f"inputs must be {sorted(signature.inputs)}, not {sorted(inputs)}")
        for key, info in signature.inputs.items():
            expected = tf.TensorShape(info.tensor_shape)
            if not expected.is_compatible_with(np.shape(inputs[key])):
                raise WrongRequestError(f"{key} must have the shape {expected}, not {np.shape(inputs[key])}")
        tensors = {key: info.name for key, info in signature.outputs.items()}
        feeds = {info.name: inputs[key] for key, info in signature.inputs.items()}
        return self._session.run(tensors, feeds)

    def close(self):
        """Frees it."""
        self._session.close()
