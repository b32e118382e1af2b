"""The steps of a static network: Keras's own layers, with values copied from those of a `ModNet`."""

import keras
import numpy as np

from keras_modnet.layers.mixing import is_norm_of
from keras_modnet.layers.norms import num_groups
from keras_modnet.layers.stages import SkipConnection, StepNorm
from keras_modnet.layers.values import value_of
from keras_modnet.models.folding import Part, fold_parts

# In the order in which Keras's own norms hold them.
NORM_VALUES = ("scale", "offset", "mean", "variance")


class StaticSteps:
    """Steps on a bank: the layers of a block are made where it first runs, and taken again at every further step.

    Args:
        bank: the built `BlockBank`.
        fold_norms: whether `folding.fold_parts` is applied to each step. A convolution with a step's norm in it is made
            anew at every step.
    """

    def __init__(self, bank, fold_norms=False):
        self.stages, self.residual = bank.stages, bank.residual
        self.dtype, self.fold_norms = bank.dtype_policy, fold_norms
        self.values = {name: value_of(variable) for name, variable in bank.stacked_weights.items()}
        self.layers = {}

    def run(self, x, block, norms, step, name):
        """Returns `x + branch(x)`; of a kind that is not residual `branch(x)`.

        Args:
            x: symbolic features `(batch, height, width, channels)`.
            block: index of the block that runs; of a mixture the step's row, an array `(num_blocks,)`.
            norms: the task's `StepNorms`.
            step: index of the step, whose norms are taken.
            name: what the names of the step's own layers begin with.
        """
        parts = [self._part(index, stage, block, norms, step) for index, stage in enumerate(self.stages)]
        branch = skipped = x
        for part in fold_parts(parts, norms.epsilon) if self.fold_norms else parts:
            if isinstance(part.stage, SkipConnection):
                add = keras.layers.Add(dtype=self.dtype, name=f"{name}_skip{part.index}")
                branch = skipped = add([skipped, branch])
            else:
                branch = self._run_part(branch, part, block, norms, name)
        return keras.layers.Add(dtype=self.dtype, name=f"{name}_add")([x, branch]) if self.residual else branch

    def _part(self, index, stage, block, norms, step):
        if is_norm_of(norms, stage):
            return Part(index, stage, norm_values(norms, stage.name, step), of_step=True)
        values, mixed = {name: self.values[f"{stage.name}/{name}"] for name in stage.weights()}, np.ndim(block) > 0
        weights = {name: np.tensordot(block, value, 1) if mixed else value[block] for name, value in values.items()}
        return Part(index, stage, weights, of_step=mixed)

    def _run_part(self, x, part, block, norms, step_name):
        stage = part.stage
        if isinstance(stage, StepNorm):
            return norm_layer(norms, part.weights, x.shape, f"{step_name}_{stage.name}")(x)
        own_name = stage.name or f"{type(stage).__name__.lower()}{part.index}"
        weights = [part.weights[name] for name in stage.weights()]
        called = f"{step_name}_{own_name}"
        if not part.of_step and (block, part.index) in self.layers:
            return stage.call_layer(self.layers[block, part.index], x, called)
        layer = copied_layer(stage.as_layer(), called if part.of_step else f"block{block}_{own_name}", self.dtype)
        if not part.of_step:
            self.layers[block, part.index] = layer
        output = stage.call_layer(layer, x, called)
        # Only now: the call builds it.
        layer.set_weights(weights)
        return output


def step_key(block, norms, step):
    """Returns what is equal for two steps on one bank exactly where they compute the same from the same features.

    Args:
        block: index of the block that runs, or the step's row of a mixture.
        norms: the task's `StepNorms`.
        step: index of the step.
    """
    # Bytes, so that it can be hashed and no tolerance is needed.
    return block if np.ndim(block) == 0 else block.tobytes(), tuple(
        row.tobytes() for row in norms.take_steps([step]).values()
    )


def norm_values(norms, place, step):
    """Returns `{"scale": array (channels,), ...}` of one place at one step of `StepNorms`, as new arrays."""
    rows = norms.take_steps([step])
    return {name: rows[f"{place}/{name}"][0] for name in NORM_VALUES if f"{place}/{name}" in rows}


def copied_layer(layer, name, dtype):
    """Returns a layer like another one that is not built, with a name and a dtype policy of its own."""
    # Made anew from its configuration, since a layer's name and dtype policy are settled when it is made.
    return type(layer).from_config(layer.get_config() | {"name": name, "dtype": dtype})


def built_layer(layer, name, shape, values, dtype):
    """Returns what `copied_layer` does, built for inputs of a shape, with values."""
    copy = copied_layer(layer, name, dtype)
    copy.build(shape)
    copy.set_weights(values)
    return copy


def norm_layer(norms, values, shape, name):
    """Returns a norm of Keras's.

    Args:
        norms: the `StepNorms` that it stands for.
        values: what `norm_values` returned.
        shape: of the features.
        name: of the layer.
    """
    # float32 as in `StepNorms`; the layer behind it casts to its own dtype.
    options = {"epsilon": norms.epsilon, "dtype": "float32", "name": name}
    if norms.norm == "batch":
        layer = keras.layers.BatchNormalization(momentum=norms.momentum, **options)
    elif norms.norm == "group":
        layer = keras.layers.GroupNormalization(num_groups(shape[-1]), **options)
    else:
        layer = keras.layers.LayerNormalization(**options)
    layer.build(shape)
    layer.set_weights(list(values.values()))
    return layer
