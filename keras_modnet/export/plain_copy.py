"""A network in the form that other runtimes take: float32 throughout, its input and outputs named."""

import keras

from keras_modnet.layers.values import value_of

INPUT, OUTPUT = "images", "output"


def plain_copy(network):
    """Returns a functional Keras model that computes what a network does, in float32.

    Args:
        network: a functional Keras model of Keras's own layers with one input; its precision may be any.

    Returns:
        `keras.Model` from `images` to a dict of tensors: as the network's by name, else of one, `output`.
    """
    images = keras.Input(network.inputs[0].shape[1:], dtype="float32", name=INPUT)
    copy = keras.models.clone_model(network, input_tensors=images, clone_function=_in_float32)
    copy.set_weights([value_of(variable).astype("float32") for variable in network.weights])
    named = keras.Model(images, copy.output if isinstance(copy.output, dict) else {OUTPUT: copy.output})
    # Keras writes ONNX files only of models that were called; with a symbol nothing is computed.
    named(images)
    return named


def _in_float32(layer):
    return type(layer).from_config(layer.get_config() | {"dtype": "float32"})
