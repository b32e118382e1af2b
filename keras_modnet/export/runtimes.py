"""Runs a network's file as a device would, without Keras."""

from keras_modnet.export.network_formats import ONNX
from keras_modnet.export.plain_copy import INPUT


def run_file(file, images):
    """Returns `{output: array}` of a file.

    Args:
        file: `Path` of an `.onnx` or `.tflite` file that `write_network` wrote.
        images: float32 array `(n, height, width, channels)`.
    """
    if file.suffix == ONNX:
        import onnxruntime

        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, {INPUT: images}), strict=True))
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter(model_path=str(file)).get_signature_runner()(**{INPUT: images})
