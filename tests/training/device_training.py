"""Trains on four host devices of JAX, by data and by blocks; `test_devices.py` runs it as a process.

Usage: device_training.py RESULT.npz, with four host devices in XLA_FLAGS.
"""

import sys

import keras
import numpy as np

import keras_modnet
from training.steps import make_steps

BATCH, EPOCHS = 8, 3


def train(distribution, by_steps):
    """Returns the values of all variables after a training, and how many blocks of a kernel lie on a device."""
    keras.distribution.set_distribution(distribution)
    keras.utils.set_random_seed(0)
    model = keras_modnet.ModNet(
        (4, 4, 1), {"digits": 3}, num_blocks=4, num_steps=4, width=4, patch_size=2, entropy_weight=0.1, seed=1
    )
    digits = model.task("digits")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    digits.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss, metrics=["accuracy"])
    generator = np.random.default_rng(0)
    images, labels = generator.integers(0, 256, (16, 4, 4, 1)).astype("uint8"), np.arange(16) % 3
    if by_steps:
        steps = make_steps(digits)
        for start in [*range(0, 16, BATCH)] * EPOCHS:
            steps.run((images[start : start + BATCH], labels[start : start + BATCH]))
    else:
        digits.fit(images, labels, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)
    kernel = model.bank.stacked_weights["conv1/kernel"].value
    [momentum] = [own for own in digits.optimizer.variables if "bank_conv1_kernel" in own.path]
    values = {name: keras.ops.convert_to_numpy(variable) for name, variable in model.named_variables().items()}
    shards = [own.addressable_shards[0].data.shape[0] for own in (kernel, momentum.value)]
    return values | {"blocks_a_device": np.array(shards)}


def main(path):
    """Trains on one device, on four that share the images, and on four that share the blocks."""
    mesh = keras.distribution.DeviceMesh((1, 4), ("batch", "blocks"), keras.distribution.list_devices("cpu"))
    layout = keras_modnet.bank_layout_map(mesh)
    ways = {
        "one": None,
        "data": keras.distribution.DataParallel(devices=keras.distribution.list_devices("cpu")),
        "blocks": keras.distribution.ModelParallel(layout_map=layout, batch_dim_name="batch"),
    }
    results = {}
    for way, distribution in ways.items():
        for loop in ("fit", "steps"):
            results |= {f"{way}/{loop}/{name}": v for name, v in train(distribution, loop == "steps").items()}
    np.savez(path, devices=len(keras.distribution.list_devices("cpu")), **results)


if __name__ == "__main__":
    main(sys.argv[1])
