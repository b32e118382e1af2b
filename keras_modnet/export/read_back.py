"""Reads a SavedModel back without Keras and without keras_modnet, as a server does.

    python keras_modnet/export/read_back.py saved_models/digits/1

prints the signatures with names, dtypes and shapes of what goes in and comes out. With `--images` and `--answers` it
runs every signature, too.
"""

import argparse
import sys

import numpy as np

FORBIDDEN = ("keras", "tf_keras", "keras_modnet")


def main():
    """Reads the command line, loads the SavedModel, prints its signatures and runs them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="folder of the SavedModel")
    parser.add_argument("--images", help=".npy file with images (batch, height, width, channels), uint8")
    parser.add_argument("--answers", help=".npz file to write, with arrays named SIGNATURE/OUTPUT")
    arguments = parser.parse_args()
    if (arguments.images is None) != (arguments.answers is None):
        parser.error("--images and --answers go together")
    for name in FORBIDDEN:
        # Importing the module raises ImportError from here on; TensorFlow would otherwise load Keras by itself.
        sys.modules[name] = None
    import tensorflow as tf

    # The module owns the variables: kept by name, since signatures alone do not keep it alive.
    module = tf.saved_model.load(arguments.folder)
    for name in sorted(module.signatures):
        print(describe(name, module.signatures[name]))
    if arguments.images is not None:
        images = np.load(arguments.images)
        answers = {name: run(signature, images) for name, signature in module.signatures.items()}
        named = {f"{name}/{output}": value for name, pair in answers.items() for output, value in pair.items()}
        np.savez(arguments.answers, **named)
    loaded = [name for name in FORBIDDEN if sys.modules[name] is not None]
    if loaded:
        sys.exit(f"The SavedModel must be readable without {FORBIDDEN}. It loaded {loaded}.")


def describe(name, signature):
    """Returns a few lines: the signature's name, its inputs, its outputs."""
    _, inputs = signature.structured_input_signature
    lines = [f"{key}: {spec.dtype.name} {spec.shape}" for key, spec in inputs.items()]
    lines += [f"-> {key}: {spec.dtype.name} {spec.shape}" for key, spec in signature.structured_outputs.items()]
    return "\n  ".join([name, *lines])


def run(signature, images):
    """Returns `{output name: array}` for uint8 images; a signature for encoded ones gets each as a PNG."""
    import tensorflow as tf

    _, inputs = signature.structured_input_signature
    if "image_bytes" in inputs:
        outputs = signature(image_bytes=tf.stack([tf.io.encode_png(image) for image in images]))
    else:
        outputs = signature(images=tf.constant(images, tf.float32))
    return {name: value.numpy() for name, value in outputs.items()}


if __name__ == "__main__":
    main()
