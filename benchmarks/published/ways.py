"""The ways to run the network: each gives the features of all tokens, and predicts a batch as a user would."""

import keras
import numpy as np

from benchmarks.published.onnx_backbone import INPUT
from keras_modnet.converters.architecture import PIXEL_MEAN, PIXEL_STD


class Graph:
    """The package's own graph, cut off behind the backbone, in ONNX Runtime on the CPU.

    Args:
        path: of the ONNX file.
    """

    def __init__(self, path):
        # Imported here: a toy runs without it.
        import onnxruntime

        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def tokens(self, images):
        """Returns `(batch, tokens, width)` behind the final norm, of images `(batch, 224, 224, 3)` from 0 to 255."""
        pixels = ((images - np.array(PIXEL_MEAN, "float32")) / np.array(PIXEL_STD, "float32")).transpose(0, 3, 1, 2)
        return self.session.run(None, {INPUT: np.ascontiguousarray(pixels)})[0]

    # The graph ends where the features are.
    predict = tokens


class Model:
    """The model's one task.

    Args:
        model: what `from_checkpoint` made.
    """

    def __init__(self, model):
        self.stem, [self.layers] = model.stem, model.task_layers.values()
        self.network = model.task(model.default_task)

    def tokens(self, images):
        """Returns `(batch, tokens, width)` behind the final norm, of images `(batch, side, side, 3)` from 0 to 255."""
        features = self.layers.steps(self.stem(images), training=False)
        norm = self.layers.head.norms.begin(training=False).step(0)
        return keras.ops.convert_to_numpy(norm.apply("output", features, None))[:, :, 0]

    def predict(self, images):
        """Predicts a batch."""
        return self.network.predict_on_batch(images)


class Static:
    """The task's static network, norms folded.

    Args:
        model: what `from_checkpoint` made.
    """

    def __init__(self, model):
        self.network = model.to_static(model.default_task, fold_norms=True)
        self.to_tokens = keras.Model(self.network.inputs, self.network.get_layer("head_norm").output)

    def tokens(self, images):
        """Returns `(batch, tokens, width)` behind the final norm, of images `(batch, side, side, 3)` from 0 to 255."""
        return self.to_tokens.predict_on_batch(images)[:, :, 0]

    def predict(self, images):
        """Predicts a batch."""
        return self.network.predict_on_batch(images)
