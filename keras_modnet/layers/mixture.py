"""The router that never decides: kernels of every step are learned mixtures. A baseline beside a learned ordering."""

import keras
from keras import ops

from keras_modnet.checks import expect_count


@keras.saving.register_keras_serializable(package="keras_modnet")
class MixtureRouter(keras.layers.Layer):
    """Gives every step its own learned coefficients over the blocks of the bank: soft weight sharing.

    Coefficients have any sign and sum to anything, so they are no ordering: no step picks a block, none can be removed
    from the bank, and a step costs a block of its own once the kernels are mixed. Use it in `OrderedSteps` with a bank
    that mixes weights, to see what deciding costs.

    Args:
        num_steps: rows of the coefficients.
        num_blocks: columns, the blocks of the bank.
        seed: integer seed of the first values, or None.

    Call arguments:
        inputs: ignored, any shape; gives the layer its place in a functional model.

    Returns:
        `(num_steps, num_blocks)`, float32. The first rows are random with unit length, so that a mixed kernel starts
        with the variance of a block's.

    Raises:
        ValueError: a count under one.

    Reference:
        Savarese & Maire 2019, "Learning implicitly recurrent CNNs through parameter sharing", arXiv 1902.09701.
    """

    def __init__(self, num_steps, num_blocks, seed=None, **kwargs):
        super().__init__(**kwargs)
        expect_count("num_steps", num_steps)
        expect_count("num_blocks", num_blocks)
        self.num_steps, self.num_blocks, self.seed = num_steps, num_blocks, seed

    def build(self, input_shape=None):
        """Makes the coefficients."""
        self.coefficients = self.add_weight(
            shape=(self.num_steps, self.num_blocks),
            initializer=self._unit_rows,
            dtype="float32",
            name="coefficients",
            autocast=False,
        )

    def _unit_rows(self, shape, dtype=None):
        rows = keras.random.normal(shape, dtype=dtype, seed=self.seed)
        return rows / ops.norm(rows, axis=-1, keepdims=True)

    def call(self, inputs=None):
        """Gives the coefficients."""
        return ops.convert_to_tensor(self.coefficients)

    def compute_output_shape(self, input_shape=None):
        """Returns `(num_steps, num_blocks)`."""
        return (self.num_steps, self.num_blocks)

    def compute_output_spec(self, inputs=None):
        """Returns the spec of the coefficients; float32 under every dtype policy."""
        return keras.KerasTensor((self.num_steps, self.num_blocks), dtype="float32")

    def get_config(self):
        """Returns the constructor's arguments."""
        own = {"num_steps": self.num_steps, "num_blocks": self.num_blocks, "seed": self.seed}
        return super().get_config() | own
