"""Converts a network that was saved as a `.keras` file; a program for a child process."""

import argparse
from pathlib import Path

import keras
import numpy as np

from keras_modnet.export.network_formats import write_network


def main():
    """Reads the command line and converts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", type=Path, help="the .keras file of what `plain_copy` returned")
    parser.add_argument("file", type=Path, help="where to write; the ending says the format")
    parser.add_argument("--images", type=Path, help=".npy file of images whose ranges 8 bits are to hold")
    arguments = parser.parse_args()
    network = keras.saving.load_model(arguments.network, compile=False)
    network(network.inputs[0])
    write_network(network, arguments.file, None if arguments.images is None else np.load(arguments.images))


if __name__ == "__main__":
    main()
