"""What a training step of a bank, and of as many different blocks, computes and sends."""

import math

import keras_modnet

BYTES = 4
DEVICES = (8, 64, 256, 1024)
GBITS = (10, 100, 400)
# Images of a device in a step, and multiply-adds of forwards and backwards beside those of forwards.
IMAGES, TRAINING = 32, 3
# Arguments of `ModNet`, blocks of the bank, steps.
NETWORKS = {
    "ConvNeXt, width 384, 9 blocks in 18 steps": (
        {"image_shape": (224, 224, 3), "width": 384, "patch_size": 16, "block": "convnext", "norm": "layer"},
        9,
        18,
    ),
    "transformer, width 384, 1 block in 12 steps": (
        {"image_shape": (224, 224, 3), "width": 384, "patch_size": 16, "block": "transformer", "norm": "layer"},
        1,
        12,
    ),
    "basic, width 128, 2 blocks in 8 steps": (
        {"image_shape": (32, 32, 3), "width": 128, "patch_size": 4, "block": "basic", "norm": "batch"},
        2,
        8,
    ),
}
CLASSES = 1000


def count(job):
    """Counts one network, as a bank and with a block of its own at each step.

    Args:
        job: "row", key of `NETWORKS`.

    Returns:
        Plain data: multiply-adds of an image, gradient bytes of both.
    """
    arguments, blocks, steps = NETWORKS[job["row"]]
    bank = _network(arguments, [step * blocks // steps for step in range(steps)])
    different = _network(arguments, list(range(steps)))
    return {
        "macs": bank.count_macs("task"),
        "bank_bytes": BYTES * _trainable(bank),
        "different_bytes": BYTES * _trainable(different),
    }


def _network(arguments, ordering):
    blocks = max(ordering) + 1
    model = keras_modnet.ModNet(tasks={"task": CLASSES}, num_blocks=blocks, num_steps=len(ordering), **arguments)
    model.set_ordering("task", ordering)
    return model


def _trainable(model):
    return sum(math.prod(variable.shape) for variable in model.task("task").trainable_variables)


def sent_bytes(gradient_bytes, devices):
    """Returns the bytes that each device sends in a step: a ring's reduction and the spread of its result.

    Reference:
        Patarasuk & Yuan 2009, "Bandwidth optimal all-reduce algorithms for clusters of workstations".
    """
    return 2 * (devices - 1) / devices * gradient_bytes


def seconds_to_send(gradient_bytes, devices, gbit):
    """Returns the seconds that sending takes at a number of gigabits a second, without latency."""
    return 8 * sent_bytes(gradient_bytes, devices) / (gbit * 1e9)
