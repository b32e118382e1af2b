"""The bank: one stacked set of equal blocks, shared by all steps and all tasks."""

import keras
from keras import ops

from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.layers.blocks import block_kind
from keras_modnet.layers.initial_values import Initial
from keras_modnet.layers.joined import branch_of_all
from keras_modnet.layers.mixing import MIXINGS, NoNorms, branch, mix_weights, pick_weights
from keras_modnet.layers.selection import Selection
from keras_modnet.layers.stages import BlockLayerNorm, StepNorm


@keras.saving.register_keras_serializable(package="keras_modnet")
class BlockBank(keras.layers.Layer):
    """Equal residual blocks whose weights are stacked: one variable a weight, the block axis first.

    Args:
        num_blocks: blocks in the bank.
        block: registered kind: `"basic"`, `"bottleneck"`, `"convnext"`, `"convmixer_7_relu"`, `"convmixer_9_gelu"`,
            `"transformer"` or one added by `register_block`.
        mixing: `"weights"` mixes the kernels by the ordering's row and runs one block; `"outputs"` runs every block and
            mixes what comes out. Equal numbers for a hard ordering, different ones for a soft one.

    Call arguments:
        x: features `(batch, height, width, channels)`.
        weights: `(num_blocks,)`, one row of an ordering, sums to one.

    Returns:
        `x + branch(x)`, of a kind that is not residual `branch(x)`, shape and dtype of `x`: one step, without norms of
        a (task, step); `OrderedSteps` adds those.

    Raises:
        ValueError: an unknown block or mixing, a count under one, features that are not rank 4 with known channels.
    """

    def __init__(self, num_blocks, block="basic", mixing="weights", **kwargs):
        super().__init__(**kwargs)
        expect_count("num_blocks", num_blocks)
        expect_one_of("mixing", mixing, MIXINGS)
        self.num_blocks, self.block, self.mixing = num_blocks, block, mixing
        self._kind = block_kind(block)

    def build(self, x_shape, weights_shape=None):
        """Makes the stacked weights for the channels of the features."""
        rank4 = len(x_shape) == 4 and x_shape[-1] is not None
        expect(rank4, "x", "features (batch, height, width, channels) with known channels", tuple(x_shape))
        self._stages = self._kind.stages(x_shape[-1])
        self._stacked = {}
        for stage in self._stages:
            for name, weight in stage.weights().items():
                full_name = f"{stage.name}/{name}"
                self._stacked[full_name] = self.add_weight(
                    shape=(self.num_blocks, *weight.shape),
                    initializer=Initial(stacked_initializer(weight.initializer)),
                    # Mixed in float32 and then cast, so that half precision rounds once.
                    autocast=False,
                    name=full_name.replace("/", "_"),
                )

    def call(self, x, weights):
        """Runs one step."""
        selection = self.select(ops.expand_dims(ops.cast(weights, "float32"), 0))
        (row,) = selection.per_step()
        return self.step(x, selection, row, NoNorms())

    @property
    def stages(self):
        """The stages of the block kind at the width of the features."""
        return self._stages

    @property
    def kind(self):
        """The `BlockKind` of the blocks."""
        return self._kind

    @property
    def residual(self):
        """Whether a step adds the branch's output to the features; else the output replaces them."""
        return self._kind.residual

    @property
    def norm_places(self):
        """`{place: channels}` of the norms that a step needs."""
        return {stage.name: stage.channels for stage in self._stages if isinstance(stage, StepNorm)}

    @property
    def block_norms(self):
        """`{place: BlockLayerNorm}` of the norms that the blocks carry themselves."""
        return {stage.name: stage for stage in self._stages if isinstance(stage, BlockLayerNorm)}

    @property
    def stacked_weights(self):
        """`{"conv1/kernel": variable (num_blocks, ...), ...}`, stable names in a stable order."""
        return dict(self._stacked)

    def select(self, ordering, hard=False):
        """Returns the `Selection` of what runs at each step, computed for all steps at once.

        Args:
            ordering: `(num_steps, num_blocks)`, float32.
            hard: whether all rows are one-hot, so that each step's block is taken by its index, nothing is mixed, and
                no other block runs: a bool; where weights are mixed also a scalar bool tensor, decided when it runs.
        """
        stacked = {name: ops.convert_to_tensor(variable) for name, variable in self._stacked.items()}
        if hard is True:
            return Selection(pick_weights(ordering, stacked))
        if self.mixing == "outputs":
            return Selection({"ordering": ordering}, stacked)
        if hard is False:
            return Selection(mix_weights(ordering, stacked))
        # Taken outside of the choice: TensorFlow logs warnings where the gradients of its ways keep different dtypes.
        picked = pick_weights(ordering, stacked)
        return Selection(ops.cond(hard, lambda: picked, lambda: mix_weights(ordering, stacked)))

    def step(self, x, selection, row, norms):
        """Returns the features behind one step: `x + branch(x)`, of a kind that is not residual `branch(x)`.

        Args:
            x: features `(batch, height, width, channels)`.
            selection: what `select` returned.
            row: the step's row of it.
            norms: what normalizes at `norms.places`, by `norms.apply(place, x, weights) -> x`, such as a
                `StepNormalizer`; where every block runs, `weights` are the step's over the blocks, and `x` may hold the
                features of all blocks side by side along the channels.
        """
        if selection.stacked is None:
            output = branch(x, self._stages, row, norms)
        else:
            output = branch_of_all(x, self._stages, selection.stacked, row["ordering"], norms)
        return x + output if self.residual else output

    def macs_per_step(self, height, width):
        """Returns multiply-adds of one block for one image with a `height` x `width` feature map."""
        return sum(stage.macs(height, width) for stage in self._stages)

    def compute_output_shape(self, x_shape, weights_shape=None):
        """Returns the shape of the features."""
        return x_shape

    def get_config(self):
        """Returns the constructor's arguments."""
        return super().get_config() | {"num_blocks": self.num_blocks, "block": self.block, "mixing": self.mixing}


def stacked_initializer(initializer):
    """Returns an initializer that draws every block on its own, with the fans of one block."""

    def draw(shape, dtype=None):
        make = initializer if callable(initializer) else lambda: keras.initializers.get(initializer)
        return ops.stack([make()(shape[1:], dtype=dtype) for _ in range(shape[0])])

    return draw
