"""Writes a SavedModel from what `network_files.save_network` wrote; a program for a child process."""

import argparse
import json
from pathlib import Path

from keras_modnet.export.network_files import load_network
from keras_modnet.export.saved_files import write_saved_model
from keras_modnet.export.signatures import ServingOptions


def main():
    """Reads the command line and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", type=Path, help="folder of the network's files")
    parser.add_argument("folder", type=Path, help="where to write the SavedModel")
    parser.add_argument("options", type=json.loads, help="JSON of the ServingOptions")
    arguments = parser.parse_args()
    write_saved_model(load_network(arguments.network), arguments.folder, ServingOptions(**arguments.options))


if __name__ == "__main__":
    main()
