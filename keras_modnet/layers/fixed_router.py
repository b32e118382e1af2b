"""The router that never changes: the baseline beside a learned ordering."""

import keras
from keras import ops

from keras_modnet.checks import expect, expect_count


@keras.saving.register_keras_serializable(package="keras_modnet")
class FixedRouter(keras.layers.Layer):
    """Gives one ordering that never changes: the baseline beside a learned one.

    Args:
        blocks: the block of each step, integers from 0 to num_blocks - 1.
        num_blocks: the blocks of the bank.

    Call arguments:
        inputs: ignored, any shape; gives the layer its place in a functional model.

    Returns:
        `(len(blocks), num_blocks)`, float32, one-hot rows.

    Raises:
        ValueError: no steps, or a block that the bank lacks.
    """

    def __init__(self, blocks, num_blocks, **kwargs):
        super().__init__(**kwargs)
        expect_count("num_blocks", num_blocks)
        expect(len(blocks) > 0, "blocks", "at least one step", blocks)
        for block in blocks:
            expect(0 <= block < num_blocks, "blocks", f"blocks from 0 to {num_blocks - 1}", list(blocks))
        self.blocks, self.num_blocks = tuple(int(block) for block in blocks), num_blocks

    @property
    def num_steps(self):
        """Rows of the ordering."""
        return len(self.blocks)

    def call(self, inputs=None):
        """Gives the ordering."""
        return ops.one_hot(ops.convert_to_tensor(self.blocks, dtype="int32"), self.num_blocks, dtype="float32")

    def gives_hard(self, training):
        """Returns that every call gives one-hot rows: True."""
        return True

    def compute_output_shape(self, input_shape=None):
        """Returns `(num_steps, num_blocks)`."""
        return (self.num_steps, self.num_blocks)

    def compute_output_spec(self, inputs=None):
        """Returns the spec of the ordering."""
        return keras.KerasTensor((self.num_steps, self.num_blocks), dtype="float32")

    def get_config(self):
        """Returns the constructor's arguments."""
        return super().get_config() | {"blocks": list(self.blocks), "num_blocks": self.num_blocks}
