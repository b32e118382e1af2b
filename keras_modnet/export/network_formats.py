"""A plain network in the formats of other runtimes, by Keras's exports. Keras must run on TensorFlow."""

import warnings

import numpy as np

ONNX, LITERT = ".onnx", ".tflite"


def write_network(network, file, images=None):
    """Writes a network.

    Args:
        network: what `plain_copy` returned.
        file: `Path`; its ending says the format.
        images: array `(n, height, width, channels)` whose ranges 8 bits are to hold; None: float32.
    """
    if file.suffix == ONNX:
        with warnings.catch_warnings():
            # Keras's bridge to tf2onnx asks NumPy for a name that it will have again.
            warnings.filterwarnings("ignore", "In the future `np.object`", FutureWarning)
            network.export(str(file), format="onnx", verbose=False)
        _write_erfc_as_erf(file)
    else:
        network.export(str(file), format="litert", verbose=False, **_litert_options(images))


def _write_erfc_as_erf(file):
    """Replaces the erfc of TensorFlow's GELU, which ONNX does not have and tf2onnx leaves as it is."""
    import onnx
    from onnx import helper, numpy_helper

    model, one, nodes = onnx.load(file), "one_of_erfc", []
    for node in model.graph.node:
        if node.op_type == "Erfc":
            erf = f"{node.output[0]}_erf"
            nodes += [helper.make_node("Erf", node.input, [erf]), helper.make_node("Sub", [one, erf], node.output)]
        else:
            nodes.append(node)
    if len(nodes) == len(model.graph.node):
        return
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.append(numpy_helper.from_array(np.float32(1), one))
    onnx.save(model, file)


def _litert_options(images):
    import tensorflow as tf

    # TensorFlow's own operations, which Keras allows, would need an interpreter that has them.
    if images is None:
        return {"target_spec": {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}}
    return {
        "target_spec": {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]},
        "optimizations": [tf.lite.Optimize.DEFAULT],
        "representative_dataset": lambda: ([image[None].astype("float32")] for image in images),
    }
