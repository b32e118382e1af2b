"""Trains the same models on one device and on several virtual ones; `test_equal_replicas.py` runs it as processes.

One strategy a process: TensorFlow mixes the sums of two up.

Usage: replica_training.py REPLICAS RESULT.npz CASE ...
"""

import sys

import keras
import numpy as np
import tensorflow as tf

from keras_modnet.models.modnet import ModNet
from training.distribution import scope_of
from training.steps import make_steps

# Eight images a batch and a last one of five: four replicas have two, two, one and none of them.
BATCHES, EPOCHS = (8, 8, 5), 3
# Two replicas have one and none of the last one.
FEW_BATCHES = (4, 4, 1)
CLASSES = {"digits": 3, "letters": 5}
# Options of the model by case; "fit" trains by `fit`, the others by steps, "several" by more than one a call.
CASES = {
    "fit": {},
    "steps": {},
    "several": {},
    "convnext": {"block": "convnext"},
    "transformer": {"block": "transformer", "norm": "layer"},
    "outputs": {"mixing": "outputs", "stem_convolutions": 1},
}


def make_model(strategy, **options):
    """Returns a model that draws orderings, pulled by losses of its routers, and the compiled model of its tasks."""
    keras.utils.set_random_seed(0)
    losses = {"entropy_weight": 0.1, "block_use_weight": 0.1}
    with scope_of(strategy):
        model = ModNet(
            (4, 4, 1), CLASSES, num_blocks=2, num_steps=2, width=4, patch_size=2, seed=1, **losses, **options
        )
        joint = model.joint(tuple(CLASSES))
        loss = {task: keras.losses.SparseCategoricalCrossentropy(from_logits=True) for task in CLASSES}
        joint.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss, metrics={task: ["accuracy"] for task in CLASSES})
    return model, joint


def make_data(images):
    """Returns images and labels by task."""
    generator = np.random.default_rng(0)
    pixels = {task: generator.integers(0, 256, (images, 4, 4, 1)).astype("uint8") for task in CLASSES}
    return pixels, {task: generator.integers(0, classes, images) for task, classes in CLASSES.items()}


def train(strategy, case):
    """Returns the values of all variables after training as a case says, and the logs of the last epoch."""
    model, joint = make_model(strategy, **CASES[case])
    if case == "fit":
        options = {"batch_size": BATCHES[0], "epochs": EPOCHS, "shuffle": False, "verbose": 0}
        logs = {name: values[-1] for name, values in joint.fit(*make_data(sum(BATCHES)), **options).history.items()}
    else:
        sizes = BATCHES if case in ("steps", "convnext") else FEW_BATCHES
        logs = train_by_steps(make_steps(joint, strategy), sizes, several=case == "several")
    values = {name: keras.ops.convert_to_numpy(variable) for name, variable in model.named_variables().items()}
    return values | {f"logs/{name}": np.array(logs[name]) for name in ("loss", "digits_accuracy", "letters_accuracy")}


def train_by_steps(steps, sizes, several):
    """Trains on batches of some sizes as `fit` does, and returns the logs of the last epoch."""
    data, ends = make_data(sum(sizes)), np.cumsum(sizes)
    rows = [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
    batches = [tuple({task: own[at] for task, own in kind.items()} for kind in data) for at in rows]
    for _ in range(EPOCHS):
        steps.reset()
        for group in (batches[:-1], batches[-1:]) if several else ([batch] for batch in batches):
            steps.run_several(group)
    return steps.logs()


def main(replicas, path, *cases):
    """Trains on one device and on several, and writes all results."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * replicas)
    strategy = tf.distribute.MirroredStrategy([f"CPU:{index}" for index in range(replicas)])
    results = {}
    for case in cases:
        for devices, chosen in (("one", None), ("several", strategy)):
            results |= {f"{case}/{devices}/{name}": value for name, value in train(chosen, case).items()}
    np.savez(path, **results)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
