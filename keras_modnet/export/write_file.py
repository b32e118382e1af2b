"""Writes a SavedModel from the `.keras` file of a plain model of several tasks; a program for a child process."""

import argparse

import keras

from keras_modnet.export.signatures import write_saved_model


def main():
    """Reads the command line and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="the .keras file; the model gives a dict of logits by task")
    parser.add_argument("folder", help="where to write the SavedModel")
    parser.add_argument("default", help="task of the default signature")
    parser.add_argument("--image_bytes", action="store_true", help="add a signature for encoded images to each task")
    parser.add_argument("--featured", action="append", default=[], help="a task without classes, which gives features")
    arguments = parser.parse_args()
    static = keras.saving.load_model(arguments.file, compile=False)
    write_saved_model(static, arguments.folder, arguments.default, arguments.image_bytes, arguments.featured)


if __name__ == "__main__":
    main()
