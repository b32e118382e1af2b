"""One process of the measured training: `python -m benchmarks.scale.worker STEPS PROCESSES`, with TF_CONFIG or alone.

Prints the steps of a second. Each process computes with one thread.
"""

import sys
import time

import keras
import numpy as np
import tensorflow as tf

import keras_modnet
from training.distribution import make_strategy, scope_of
from training.steps import make_steps

MODEL = {"image_shape": (32, 32, 3), "num_blocks": 2, "num_steps": 8, "width": 64, "patch_size": 4}
IMAGES, WARM_UP = 64, 3


def main(count, workers):
    """Trains some steps and prints how many there were in a second."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    strategy = make_strategy("multi_worker" if workers > 1 else "none")
    with scope_of(strategy):
        model = keras_modnet.ModNet(tasks={"task": 10}, **MODEL)
        model.set_ordering("task", [step % 2 for step in range(8)])
        own = model.task("task")
        own.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    images = IMAGES * workers
    batch = np.zeros((images, 32, 32, 3), "uint8"), np.arange(images) % 10
    steps = make_steps(own, strategy)
    for _ in range(WARM_UP):
        steps.run(batch)
    started = time.perf_counter()
    for _ in range(count):
        steps.run(batch)
    # Waits for the last one.
    steps.logs()
    print(count / (time.perf_counter() - started))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
