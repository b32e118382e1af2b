"""Kernels of a frozen bank that move in few directions (LoRA, Hu et al. 2021, arXiv 2106.09685)."""

import keras
import numpy as np

from keras_modnet.adaptation.training import configure
from keras_modnet.layers.mixing import pick_weights
from keras_modnet.layers.selection import Selection
from keras_modnet.layers.values import value_of


class LowRankTask(keras.Model):
    """A task of a `ModNet` with a product of two small matrices added to one kernel of every block that it runs.

    The matrices train, and with them the task's head; statistics follow the batches.

    Args:
        model: a `ModNet`.
        task: name of the task; its ordering is hard.
        weight: name of the kernel in the bank's `stacked_weights`, `(num_blocks, height, width, in, out)`.
        rank: columns of the first matrix.

    Call arguments:
        images: `(batch, height, width, channels)`.

    Returns:
        Logits `(batch, num_classes)`.
    """

    def __init__(self, model, task, weight, rank, **kwargs):
        super().__init__(**kwargs)
        self.table = configure(model, task, ("statistics", "head"), verbose=False)
        self.stem, self.bank, self.own = model.stem, model.bank, model.task_layers[task]
        self.weight = weight
        num_blocks, *inputs, outputs = self.bank.stacked_weights[weight].shape
        # A block that the ordering leaves out would count as trained, and never move.
        used = sorted(set(model.ordering(task).blocks))
        blocks, self._places = len(used), np.eye(num_blocks, dtype="float32")[:, used]
        # The second one starts at zero: so does the change.
        start = keras.initializers.RandomNormal(stddev=1 / np.sqrt(np.prod(inputs)))
        self.down = self.add_weight(shape=(blocks, int(np.prod(inputs)), rank), initializer=start, name="down")
        self.up = self.add_weight(shape=(blocks, rank, outputs), initializer="zeros", name="up")
        self.built = True

    @property
    def trained_parameters(self):
        """Numbers that train: both matrices of every block that runs, and the head."""
        return self.table.trainable + int(np.prod(self.down.shape) + np.prod(self.up.shape))

    def call(self, images, training=None):
        """Runs the task's steps with the changed kernels."""
        stacked = {name: keras.ops.convert_to_tensor(value) for name, value in self.bank.stacked_weights.items()}
        stacked[self.weight] = stacked[self.weight] + self._change()
        selection = Selection(pick_weights(self.own.router(training=False), stacked))
        normalizer, features = self.own.norms.begin(training), self.stem(images)
        for step, row in enumerate(selection.per_step()):
            features = self.bank.step(features, selection, row, normalizer.step(step))
        normalizer.finish()
        return self.own.head(features, training=training)

    def _change(self):
        kernel = self.bank.stacked_weights[self.weight]
        products = keras.ops.matmul(self.down, self.up)
        flat = keras.ops.reshape(products, (products.shape[0], -1))
        return keras.ops.reshape(keras.ops.matmul(self._places, flat), kernel.shape)

    def merge(self):
        """Adds the change to the bank for good."""
        kernel = self.bank.stacked_weights[self.weight]
        kernel.assign(value_of(kernel) + keras.ops.convert_to_numpy(self._change()))
