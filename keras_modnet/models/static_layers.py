"""The layers of a static network: Keras's own, with values copied from those of a `ModNet`."""

import keras
import numpy as np

from keras_modnet.layers.norms import num_groups
from keras_modnet.layers.stages import SkipConnection, StepNorm
from keras_modnet.layers.values import value_of
from keras_modnet.models.folding import Part, fold_parts

# In the order in which Keras's own norms hold them.
NORM_VALUES = ("scale", "offset", "mean", "variance")


def static_stem(images, stem):
    """Returns features `(batch, height, width, channels)` of images, by the layers that an `IsometricStem` equals."""
    mean, std = (np.broadcast_to(value, images.shape[-1]).astype(float) for value in (stem.mean, stem.std))
    options = {"dtype": "float32", "name": "stem_pixels"}
    if len(set(mean)) == len(set(std)) == 1:
        pixels = keras.layers.Rescaling(float(1 / std[0]), float(-mean[0] / std[0]), **options)(images)
    else:
        # `Rescaling` lays numbers of each channel out by the global data format, which need not be this model's.
        layer = keras.layers.Normalization(axis=-1, mean=mean.tolist(), variance=np.square(std).tolist(), **options)
        pixels = layer(images)
    size, start = stem.patch_size, {"kernel_initializer": "he_normal"}
    embedding = keras.layers.Conv2D(stem.width, size, strides=size, data_format="channels_last", **start)
    x = _copy(embedding, "stem", pixels, stem.embedding.get_weights(), stem.dtype_policy)(pixels)
    if stem.activation is not None:
        x = keras.layers.Activation(stem.activation, dtype=stem.dtype_policy, name="stem_activation")(x)
    return x if stem.norms is None else _norm(x, stem.norms, norm_values(stem.norms, "output", 0), "stem_norm")


def static_head(x, head, name):
    """Returns logits `(batch, num_classes)` of features, by the layers that a `ClassifierHead` equals."""
    head.expect_not_quantized()
    options = {"data_format": "channels_last", "dtype": "float32", "name": f"{name}_pooling"}
    pooling = keras.layers.GlobalAveragePooling2D(**options)
    if head.pool_first:
        x = pooling(x)
    if head.norms is not None:
        # Never folded: no convolution is beside it.
        x = _norm(x, head.norms, norm_values(head.norms, "output", 0), f"{name}_norm")
    if head.activation is not None:
        dtype = "float32" if head.pool_first else head.dtype_policy
        x = keras.layers.Activation(head.activation, dtype=dtype, name=f"{name}_activation")(x)
    if not head.pool_first:
        x = pooling(x)
    return _copy(keras.layers.Dense(head.num_classes), name, x, head.dense.get_weights(), "float32")(x)


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
        branch = x
        for part in fold_parts(parts, norms.epsilon) if self.fold_norms else parts:
            if isinstance(part.stage, SkipConnection):
                branch = keras.layers.Add(dtype=self.dtype, name=f"{name}_skip{part.index}")([x, branch])
            else:
                branch = self._run_part(branch, part, block, norms, name)
        return keras.layers.Add(dtype=self.dtype, name=f"{name}_add")([x, branch]) if self.residual else branch

    def _part(self, index, stage, block, norms, step):
        if isinstance(stage, StepNorm):
            return Part(index, stage, norm_values(norms, stage.name, step), of_step=True)
        values, mixed = {name: self.values[f"{stage.name}/{name}"] for name in stage.weights()}, np.ndim(block) > 0
        weights = {name: np.tensordot(block, value, 1) if mixed else value[block] for name, value in values.items()}
        return Part(index, stage, weights, of_step=mixed)

    def _run_part(self, x, part, block, norms, step_name):
        stage = part.stage
        if isinstance(stage, StepNorm):
            return _norm(x, norms, part.weights, f"{step_name}_{stage.name}")
        own_name = stage.name or f"{type(stage).__name__.lower()}{part.index}"
        weights = [part.weights[name] for name in stage.weights()]
        if part.of_step:
            return _copy(stage.as_layer(), f"{step_name}_{own_name}", x, weights, self.dtype)(x)
        if (block, part.index) not in self.layers:
            layer = _copy(stage.as_layer(), f"block{block}_{own_name}", x, weights, self.dtype)
            self.layers[block, part.index] = layer
        return self.layers[block, part.index](x)


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


def _copy(layer, name, x, values, dtype):
    # Made anew from its configuration, since a layer's name and dtype policy are settled when it is made.
    copy = type(layer).from_config(layer.get_config() | {"name": name, "dtype": dtype})
    copy.build(x.shape)
    copy.set_weights(values)
    return copy


def _norm(x, norms, values, name):
    # float32 as in `StepNorms`; the layer behind it casts to its own dtype.
    options = {"epsilon": norms.epsilon, "dtype": "float32", "name": name}
    if norms.norm == "batch":
        layer = keras.layers.BatchNormalization(momentum=norms.momentum, **options)
    elif norms.norm == "group":
        layer = keras.layers.GroupNormalization(num_groups(x.shape[-1]), **options)
    else:
        layer = keras.layers.LayerNormalization(**options)
    layer.build(x.shape)
    layer.set_weights(list(values.values()))
    return layer(x)
