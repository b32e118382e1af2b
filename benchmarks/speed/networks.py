"""The networks and images that `benchmarks.speed` measures with: one cell, changed in one thing at a time."""

import keras
import numpy as np

from benchmarks.speed.convmixer import ConvMixer
from benchmarks.speed.peers import plain_resnet
from keras_modnet import ModNet
from keras_modnet.training.optimizers import jit_compile

TASK, CLASSES = "task", 10
# Images of as many pixels as the feature map has places: the stem costs next to nothing.
CELL = {"side": 8, "patch_size": 1, "width": 32, "num_steps": 8, "num_blocks": 8, "batch_size": 64}
TOY_CELL = CELL | {"side": 4, "width": 4, "num_steps": 1, "num_blocks": 2, "batch_size": 2}


def cell_of(job):
    """Returns the sizes of a job's networks: `CELL`, in a toy run `TOY_CELL`, changed by the job's own `"cell"`."""
    return (TOY_CELL if job["smoke"] else CELL) | job.get("cell", {})


def cycle(cell):
    """Returns the ordering that every fixed network runs: the blocks one after the other, again and again."""
    return [step % cell["num_blocks"] for step in range(cell["num_steps"])]


def make_modnet(cell, seed, blocks=None, **arguments):
    """Returns an untrained `ModNet` with one task, `TASK`.

    Args:
        cell: sizes, as `CELL`.
        seed: fixes the weights and the draws.
        blocks: block of each step of a hard ordering; None: an ordering that is drawn in training.
        **arguments: further ones of `ModNet`.
    """
    keras.utils.set_random_seed(seed)
    sizes = {name: cell[name] for name in ("num_blocks", "num_steps", "width", "patch_size")}
    model = ModNet(image_shape(cell), {TASK: CLASSES}, seed=seed, **sizes, **arguments)
    if blocks is not None:
        model.set_ordering(TASK, blocks)
    return model


def by_hand(cell, seed):
    """Returns the untrained Keras network that a user would write for a cell, with the ordering of `cycle`."""
    keras.utils.set_random_seed(seed)
    return plain_resnet(image_shape(cell), cycle(cell), cell["width"], cell["patch_size"], CLASSES)


def convmixer(cell, macs, seed):
    """Returns the `ConvMixer` for a cell: as many layers as steps, about as many multiply-adds."""
    sizes = [cell[name] for name in ("num_steps", "side", "patch_size", "batch_size")]
    return ConvMixer(macs, *sizes, CLASSES, seed)


def cell_macs(cell):
    """Returns multiply-adds of one image through the network of a cell, norms not counted."""
    positions, width = cell["side"] ** 2, cell["width"]
    stem = positions * 3 * cell["patch_size"] ** 2 * width
    return stem + cell["num_steps"] * positions * 2 * 9 * width**2 + width * CLASSES


def image_shape(cell):
    """Returns `(height, width, channels)` of a cell's images in pixels."""
    side = cell["side"] * cell["patch_size"]
    return (side, side, 3)


def make_batch(cell, seed):
    """Returns random images, float32 from 0 to 255, and labels: one batch of a cell."""
    generator = np.random.default_rng(seed)
    images = generator.uniform(0, 255, (cell["batch_size"], *image_shape(cell))).astype("float32")
    return images, np.arange(cell["batch_size"], dtype="int32") % CLASSES


def compiled(model, jit=None):
    """Compiles a Keras model for training and returns it.

    Args:
        model: any Keras model to logits.
        jit: `jit_compile` of `compile`; None: what the library's own loops choose on this backend.
    """
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(), loss, jit_compile=jit_compile() if jit is None else jit)
    return model


def train_step(model, batch):
    """Returns a function that takes one training step of a compiled model; done when the loss is a number here."""
    return lambda: model.train_on_batch(*batch)


def scatter_norms(model, seed):
    """Gives every norm of a `ModNet` values as after training, so that equal outputs are no accident."""
    generator = np.random.default_rng(seed)
    for name, variable in model.named_variables().items():
        if name.endswith(("/scale", "/offset", "/mean", "/variance")):
            variable.assign(generator.uniform(0.5, 1.5, variable.shape).astype("float32"))
    return model
