"""Trains the same models on one device and on several virtual ones; `test_equal_replicas.py` runs it as processes.

One strategy a process: TensorFlow mixes the sums of two up.

Usage: replica_training.py REPLICAS RESULT.npz
"""

import sys

import keras
import numpy as np
import tensorflow as tf

from keras_modnet.models.modnet import ModNet
from training.distribution import scope_of
from training.steps import make_steps

# Eight images a batch and a last one of five: four replicas have two, two, one and none of them.
IMAGES, BATCH, EPOCHS = 21, 8, 3
CLASSES = {"digits": 3, "letters": 5}


def make_model(strategy, block):
    """Returns a model that draws orderings, pulled by losses of its routers, and the compiled model of its tasks."""
    keras.utils.set_random_seed(0)
    losses = {"entropy_weight": 0.1, "block_use_weight": 0.1}
    with scope_of(strategy):
        model = ModNet(
            (4, 4, 1), CLASSES, num_blocks=2, num_steps=2, width=4, patch_size=2, block=block, seed=1, **losses
        )
        joint = model.joint(tuple(CLASSES))
        loss = {task: keras.losses.SparseCategoricalCrossentropy(from_logits=True) for task in CLASSES}
        joint.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss, metrics={task: ["accuracy"] for task in CLASSES})
    return model, joint


def make_data():
    """Returns images and labels by task."""
    generator = np.random.default_rng(0)
    images = {task: generator.integers(0, 256, (IMAGES, 4, 4, 1)).astype("uint8") for task in CLASSES}
    return images, {task: generator.integers(0, classes, IMAGES) for task, classes in CLASSES.items()}


def train(strategy, block, by_steps):
    """Returns the values of all variables after training by `fit` or by steps, and the logs of the last epoch."""
    model, joint = make_model(strategy, block)
    images, labels = make_data()
    if by_steps:
        logs = train_by_steps(make_steps(joint, strategy), images, labels)
    else:
        history = joint.fit(images, labels, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0).history
        logs = {name: values[-1] for name, values in history.items()}
    values = {name: keras.ops.convert_to_numpy(variable) for name, variable in model.named_variables().items()}
    return values | {f"logs/{name}": np.array(logs[name]) for name in ("loss", "digits_accuracy", "letters_accuracy")}


def train_by_steps(steps, images, labels):
    """Trains as `fit` does, and returns the logs of the last epoch."""
    for _ in range(EPOCHS):
        steps.reset()
        for start in range(0, IMAGES, BATCH):
            rows = slice(start, start + BATCH)
            steps.run(tuple({task: values[rows] for task, values in kind.items()} for kind in (images, labels)))
    return steps.logs()


def main(replicas, path):
    """Trains on one device and on several, and writes all results."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * replicas)
    strategy = tf.distribute.MirroredStrategy([f"CPU:{index}" for index in range(replicas)])
    results = {}
    for case, block, by_steps in (("fit", "basic", False), ("steps", "basic", True), ("convnext", "convnext", True)):
        for devices, chosen in (("one", None), ("several", strategy)):
            results |= {f"{case}/{devices}/{name}": value for name, value in train(chosen, block, by_steps).items()}
    np.savez(path, **results)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
