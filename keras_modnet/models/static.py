"""From a hard ordering to a plain functional Keras model: no router, no unused block, no class of this package."""

import keras
import numpy as np
from keras import ops

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.layers.norms import num_groups
from keras_modnet.layers.stages import StepNorm
from keras_modnet.layers.values import value_of


def to_static(model, task):
    """Returns one task of a `ModNet` as a plain functional model that Keras alone saves, loads and exports.

    The steps run as they do at inference: at each the block with the largest weight. A block that occurs several times
    is one layer for each of its stages, so its weights are there once; blocks that never run are left out. Values are
    copied: training either model leaves the other as it is.

    Args:
        model: a `ModNet`, of either mixing.
        task: name of the task.

    Returns:
        `keras.Model` from float32 images `(batch, height, width, channels)`, values from 0 to 255, to float32 logits
        `(batch, num_classes)`. Its layers are called `stem`, `block2_conv1`, `step03_norm1`, `head` and alike, steps
        and blocks counted from 0.

    Raises:
        ValueError: the model has no such task.
    """
    expect_one_of("task", task, model.task_names)
    return static_of_layers(model, model.task_layers[task], task)


def static_of_layers(model, layers, name):
    """Returns what `to_static` does, for `TaskLayers` on the model's bank that need not be one of its tasks."""
    images, features, blocks = _shared_layers(model)
    logits = _run_task(features, blocks, layers, prefix="")
    return keras.Model(images, logits, name=name)


def to_static_tasks(model, tasks):
    """Returns several tasks of a `ModNet` as one plain functional model; blocks that tasks share are there once.

    Args:
        model: a `ModNet`, of either mixing.
        tasks: list or tuple of names of tasks, at least one, each once.

    Returns:
        `keras.Model` as from `to_static`, but to a dict of logits by task; layers of a task carry its name in front, as
        in `digits_step03_norm1`.

    Raises:
        ValueError: no task, one that comes twice, or one that the model does not have.
    """
    listed = isinstance(tasks, list | tuple) and len(tasks) > 0 and len(set(tasks)) == len(tasks)
    expect(listed, "tasks", "a list with at least one task, each once", tasks)
    for task in tasks:
        expect_one_of("task", task, model.task_names)
    images, features, blocks = _shared_layers(model)
    logits = {task: _run_task(features, blocks, model.task_layers[task], prefix=f"{task}_") for task in tasks}
    return keras.Model(images, logits, name="tasks")


def _shared_layers(model):
    images = keras.Input(model.image_shape, dtype="float32", name="images")
    return images, _stem(images, model.stem), _BlockLayers(model.bank)


def _run_task(x, blocks, layers, prefix):
    # The router's own choice at inference, so that ties go to the same block.
    ordering = ops.convert_to_numpy(layers.router(training=False)).argmax(axis=-1)
    for step, block in enumerate(ordering):
        name = f"{prefix}step{step:02d}"
        branch = blocks.run(int(block), x, layers.norms, step, name)
        x = keras.layers.Add(dtype=blocks.dtype, name=f"{name}_add")([x, branch])
    return _head(x, layers.head, f"{prefix}head")


def _stem(images, stem):
    channels = images.shape[-1]
    # Not `Rescaling`: it lays numbers of each channel out by the global data format, which need not be this model's.
    pixels = keras.layers.Normalization(
        axis=-1,
        mean=np.broadcast_to(stem.mean, channels).astype(float).tolist(),
        variance=np.square(np.broadcast_to(stem.std, channels).astype(float)).tolist(),
        dtype="float32",
        name="stem_pixels",
    )(images)
    return _copy(stem.embedding, "stem", pixels, stem.embedding.get_weights(), stem.dtype_policy)(pixels)


class _BlockLayers:
    """The layers of the blocks in use: made where a block first runs, taken again at every further step."""

    def __init__(self, bank):
        self.stages, self.dtype = bank.stages, bank.dtype_policy
        self.values = {name: value_of(variable) for name, variable in bank.stacked_weights.items()}
        self.layers = {}

    def run(self, block, x, norms, step, step_name):
        for index, stage in enumerate(self.stages):
            if isinstance(stage, StepNorm):
                x = _norm(x, norms, stage.name, step, f"{step_name}_{stage.name}")
            else:
                x = self._layer(block, index, x)(x)
        return x

    def _layer(self, block, index, x):
        if (block, index) not in self.layers:
            stage = self.stages[index]
            values = [self.values[f"{stage.name}/{name}"][block] for name in stage.weights()]
            name = f"block{block}_{stage.name or type(stage).__name__.lower() + str(index)}"
            self.layers[block, index] = _copy(stage.as_layer(), name, x, values, self.dtype)
        return self.layers[block, index]


def _copy(layer, name, x, values, dtype):
    # Made anew from its configuration, since a layer's name and dtype policy are settled when it is made.
    copy = type(layer).from_config(layer.get_config() | {"name": name, "dtype": dtype})
    copy.build(x.shape)
    copy.set_weights(values)
    return copy


def _norm(x, norms, place, step, name):
    # float32 as in `StepNorms`; the layer behind it casts to its own dtype.
    options = {"epsilon": norms.epsilon, "dtype": "float32", "name": name}
    if norms.norm == "batch":
        layer = keras.layers.BatchNormalization(momentum=norms.momentum, **options)
    elif norms.norm == "group":
        layer = keras.layers.GroupNormalization(num_groups(x.shape[-1]), **options)
    else:
        layer = keras.layers.LayerNormalization(**options)
    layer.build(x.shape)
    rows = norms.take_steps([step])
    layer.set_weights([rows[f"{place}/{key}"][0] for key in _norm_values(norms.norm)])
    return layer(x)


def _norm_values(norm):
    return ("scale", "offset", "mean", "variance") if norm == "batch" else ("scale", "offset")


def _head(x, head, name):
    if head.norms is not None:
        x = _norm(x, head.norms, "output", 0, f"{name}_norm")
    if head.activation is not None:
        x = keras.layers.Activation(head.activation, dtype=head.dtype_policy, name=f"{name}_activation")(x)
    pooling = {"data_format": "channels_last", "dtype": "float32", "name": f"{name}_pooling"}
    x = keras.layers.GlobalAveragePooling2D(**pooling)(x)
    return _copy(head.dense, name, x, head.dense.get_weights(), "float32")(x)
