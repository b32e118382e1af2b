"""Trains the same models on one device and on two virtual ones; `test_mirrored_strategy.py` runs it as a process.

Usage: mirrored_training.py RESULT.npz
"""

import contextlib
import sys

import keras
import numpy as np
import tensorflow as tf

from keras_modnet.models.modnet import ModNet


def train(strategy, hard):
    """Returns the losses of three epochs of two steps, and the values of all variables."""
    keras.utils.set_random_seed(0)
    scope = contextlib.nullcontext() if strategy is None else strategy.scope()
    with scope:
        model = ModNet((4, 4, 1), {"digits": 3}, num_blocks=2, num_steps=2, width=4, patch_size=2, seed=1)
        if hard:
            model.set_ordering("digits", [1, 0])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss)
    generator = np.random.default_rng(0)
    images, labels = generator.uniform(0, 255, (16, 4, 4, 1)).astype("float32"), np.arange(16) % 3
    losses = model.fit(images, labels, batch_size=8, epochs=3, shuffle=False, verbose=0).history["loss"]
    values = {name: keras.ops.convert_to_numpy(variable) for name, variable in model.named_variables().items()}
    return {"losses": np.array(losses)} | values


def main(path):
    """Trains with and without a strategy, hard and drawing, and writes all results."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    results = {}
    for router, hard in (("hard", True), ("drawing", False)):
        for devices, chosen in (("one", None), ("two", strategy)):
            results |= {f"{router}/{devices}/{name}": value for name, value in train(chosen, hard).items()}
    np.savez(path, replicas=strategy.num_replicas_in_sync, **results)


if __name__ == "__main__":
    main(sys.argv[1])
