"""Reads a SavedModel back without Keras and without keras_modnet, as a server does.

    python keras_modnet/export/read_back.py saved_models/digits/1

prints the signatures with names, dtypes and shapes of what goes in and comes out. With `--questions` and `--answers` it
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
    parser.add_argument("--questions", help=".npz file with what `inputs_of` takes")
    parser.add_argument("--answers", help=".npz file to write, with arrays named SIGNATURE/OUTPUT")
    arguments = parser.parse_args()
    if (arguments.questions is None) != (arguments.answers is None):
        parser.error("--questions and --answers go together")
    for name in FORBIDDEN:
        # Importing the module raises ImportError from here on; TensorFlow would otherwise load Keras by itself.
        sys.modules[name] = None
    import tensorflow as tf

    # The module owns the variables: kept by name, since signatures alone do not keep it alive.
    module = tf.saved_model.load(arguments.folder)
    for name in sorted(module.signatures):
        print(describe(name, module.signatures[name]))
    if arguments.questions is not None:
        with np.load(arguments.questions) as file:
            questions = dict(file)
        answers = {name: run(signature, questions) for name, signature in module.signatures.items()}
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


def run(signature, questions):
    """Returns `{output name: array}` of a signature; `questions` as `inputs_of` takes them."""
    _, inputs = signature.structured_input_signature
    outputs = {name: value.numpy() for name, value in signature(**inputs_of(inputs, questions)).items()}
    # Texts as bytes, which NumPy's files hold.
    return {name: value.astype("S") if value.dtype == object else value for name, value in outputs.items()}


def inputs_of(names, questions):
    """Returns `{input name: tensor}` for a signature.

    Args:
        names: names of its inputs.
        questions: `{"images": uint8 (n, height, width, channels), "rows": ..., "task": ..., "task_name": ...}`; the
            latter say for each row of a batch of several tasks which of the images it takes, and its task. Encoded
            images are PNG files of them, and one more row that is no image.
    """
    import tensorflow as tf

    mixed = {name: tf.constant(questions[name]) for name in ("task", "task_name") if name in names}
    images = questions["images"][questions["rows"]] if mixed else questions["images"]
    if "images" in names:
        return mixed | {"images": tf.constant(images, tf.float32)}
    files = [tf.io.encode_png(image) for image in images]
    mixed = {name: tf.concat([values, values[:1]], 0) for name, values in mixed.items()}
    return mixed | {"image_bytes": tf.stack([*files, b"no image"])}


if __name__ == "__main__":
    main()
