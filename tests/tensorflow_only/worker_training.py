"""One of the machines of a training; `test_workers.py` runs two of them and one alone, each as a process.

Usage: worker_training.py RESULT.npz, with TF_CONFIG for one of several machines and without for one alone.
"""

import os
import sys

import keras
import numpy as np
import tensorflow as tf
from replica_training import BATCHES, EPOCHS, make_data, make_model, train

from training.distribution import is_chief, make_strategy


def train_by_own_loop(strategy):
    """Trains as docs/distribution.md shows it for a script of one's own, and returns what `train` does."""
    model, joint = make_model(strategy)
    dataset = strategy.experimental_distribute_dataset(
        tf.data.Dataset.from_tensor_slices(make_data(sum(BATCHES))).batch(BATCHES[0])
    )

    @tf.function
    def step(batch):
        strategy.run(joint.train_step, args=(batch,))

    for _ in range(EPOCHS):
        joint.reset_metrics()
        for batch in dataset:
            step(batch)
    logs = {f"logs/{name}": np.array(value) for name, value in joint.get_metrics_result().items()}
    values = {name: keras.ops.convert_to_numpy(variable) for name, variable in model.named_variables().items()}
    return values | {name: logs[name] for name in ("logs/loss", "logs/digits_accuracy", "logs/letters_accuracy")}


def main(path):
    """Trains by steps, and on several machines by a loop of one's own, and writes all variables and logs."""
    strategy = make_strategy("multi_worker" if "TF_CONFIG" in os.environ else "none")
    results = {f"steps/{name}": value for name, value in train(strategy, "steps").items()}
    if strategy is not None:
        results |= {f"own/{name}": value for name, value in train_by_own_loop(strategy).items()}
    np.savez(path, chief=is_chief(strategy), **results)


if __name__ == "__main__":
    main(sys.argv[1])
