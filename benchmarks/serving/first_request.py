"""A process that loads a SavedModel and asks it twice, one image each; prints the seconds as JSON."""

import json
import sys
import time

import tensorflow as tf


def main(folder):
    """Loads, asks and prints."""
    start = time.perf_counter()
    module = tf.saved_model.load(folder)
    seconds = {"load": time.perf_counter() - start}
    signature = module.signatures["serving_default"]
    _, inputs = signature.structured_input_signature
    ((name, spec),) = inputs.items()
    images = {name: tf.zeros((1, *spec.shape[1:]))}
    for request in ("first", "second"):
        start = time.perf_counter()
        next(iter(signature(**images).values())).numpy()
        seconds[request] = time.perf_counter() - start
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(sys.argv[1])
