"""The router that never decides: kernels of every step are learned mixtures."""

import keras
import numpy as np
from keras import ops

from keras_modnet.checks import expect, expect_count
from keras_modnet.layers.initial_values import Initial


@keras.saving.register_keras_serializable(package="keras_modnet")
class MixtureRouter(keras.layers.Layer):
    """Gives every step its own learned coefficients over the blocks of the bank: soft weight sharing.

    No step picks a block, none can be removed from the bank, and a network without the bank stores a kernel of its own
    for every step. A task of a `ModNet` whose ordering is a mixture has such a router; in `OrderedSteps` with a bank
    that mixes weights it shows what deciding costs.

    Args:
        num_steps: rows of the coefficients.
        num_blocks: columns, the blocks of the bank.
        sum_to_one: if True an equal amount is added to all coefficients of a row so that they sum to one, whatever
            their signs; else they sum to anything.
        multiplier: positive factor between the variable and the coefficients, which so learn that many times as fast
            under Adam and its kin; see `GumbelRouter`.
        seed: integer seed of the first values, or None.

    Call arguments:
        inputs: ignored, any shape; gives the layer its place in a functional model.
        training: ignored; nothing is drawn.

    Returns:
        `(num_steps, num_blocks)`, float32. The first rows are random; without `sum_to_one` they have unit length, so
        that a mixed kernel starts with the variance of a block's.

    Raises:
        ValueError: a count under one, or a multiplier that is not positive.

    Reference:
        Savarese & Maire 2019, "Learning implicitly recurrent CNNs through parameter sharing", arXiv 1902.09701.
    """

    def __init__(self, num_steps, num_blocks, sum_to_one=False, multiplier=1.0, seed=None, **kwargs):
        super().__init__(**kwargs)
        expect_count("num_steps", num_steps)
        expect_count("num_blocks", num_blocks)
        expect(multiplier > 0, "multiplier", "a positive number", multiplier)
        self.num_steps, self.num_blocks, self.seed = num_steps, num_blocks, seed
        self.sum_to_one, self.multiplier = sum_to_one, multiplier

    def build(self, input_shape=None):
        """Makes the coefficients."""
        self.coefficients = self.add_weight(
            shape=(self.num_steps, self.num_blocks),
            initializer=Initial(self._unit_rows),
            dtype="float32",
            name="coefficients",
            autocast=False,
        )

    def _unit_rows(self, shape, dtype=None):
        rows = keras.random.normal(shape, dtype=dtype, seed=self.seed)
        return rows / ops.norm(rows, axis=-1, keepdims=True) / self.multiplier

    def call(self, inputs=None, training=None):
        """Gives the coefficients."""
        rows = self.multiplier * ops.convert_to_tensor(self.coefficients)
        if not self.sum_to_one:
            return rows
        return rows + (1.0 - ops.sum(rows, axis=-1, keepdims=True)) / self.num_blocks

    def gives_hard(self, training):
        """Returns False: rows are not one-hot."""
        return False

    def weights_now(self):
        """Returns the present coefficients as an array."""
        return ops.convert_to_numpy(self())

    def set_weights_now(self, weights):
        """Takes coefficients over.

        Args:
            weights: array `(num_steps, num_blocks)`.
        """
        self.coefficients.assign(np.asarray(weights, "float32") / self.multiplier)

    def variables_by_name(self):
        """Returns `{"coefficients": variable}`."""
        return {"coefficients": self.coefficients}

    def compute_output_shape(self, input_shape=None):
        """Returns `(num_steps, num_blocks)`."""
        return (self.num_steps, self.num_blocks)

    def compute_output_spec(self, inputs=None):
        """Returns the spec of the coefficients; float32 under every dtype policy."""
        return keras.KerasTensor((self.num_steps, self.num_blocks), dtype="float32")

    def get_config(self):
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "num_steps": self.num_steps,
            "num_blocks": self.num_blocks,
            "sum_to_one": self.sum_to_one,
            "multiplier": self.multiplier,
            "seed": self.seed,
        }
