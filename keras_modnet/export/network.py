"""What a SavedModel is written from: plain Keras models, arrays and names, which another process can take over."""

import dataclasses

import keras
import numpy as np

from keras_modnet.export.tables import Table, head_tables, model_tables, step_tables
from keras_modnet.layers.values import value_of
from keras_modnet.models.static_ends import static_head, static_stem
from keras_modnet.models.static_layers import StaticSteps


@dataclasses.dataclass(frozen=True)
class ServedTask:
    """One task.

    Attributes:
        name: its name.
        num_steps: its steps.
        pooling: how its head pools.
        num_classes: its classes, or None.
        class_names: a list of texts, or None.
    """

    name: str
    num_steps: int
    pooling: str
    num_classes: int | None
    class_names: list[str] | None


@dataclasses.dataclass(frozen=True)
class ServedNetwork:
    """Tasks on one bank, as parts that they share.

    Attributes:
        image_shape: `(height, width, channels)`.
        resizing: how encoded images of other sizes become such, as `ModNet` takes it.
        tasks: `ServedTask`s; a task's index is its place here.
        models: plain Keras models, none of whose classes is this package's: `"stem"` from images to features, `"step"`
            from features to features, and for each pooling, by its name, one from features to what is pooled.
        stem_tables: a `Table` for each layer of `"stem"` that has weights, in the order of the layers: one row.
        step_tables: likewise of `"step"`.
        head_tables: likewise of the poolings, one step each.
        kernels: for each task with classes, by its name, `(kernel, bias)`: `(num_classes, channels)`, `(num_classes,)`.
    """

    image_shape: tuple[int, int, int]
    resizing: str | dict
    tasks: tuple[ServedTask, ...]
    models: dict[str, keras.Model]
    stem_tables: tuple[Table, ...]
    step_tables: tuple[Table, ...]
    head_tables: tuple[Table, ...]
    kernels: dict[str, tuple[np.ndarray, np.ndarray]]


def served_network(model, names):
    """Returns the `ServedNetwork` of some tasks.

    Args:
        model: a `ModNet`.
        names: names of the tasks.

    Raises:
        ValueError: the dense layer of a head is quantized.
    """
    layers = [model.task_layers[name] for name in names]
    for task in layers:
        task.head.expect_not_quantized()
    tasks = tuple(_served_task(*named) for named in zip(names, layers, strict=True))
    heads = {task.head.pooling: task.head for task in layers}
    dense = {name: task.head.dense for name, task in zip(names, layers, strict=True) if task.num_classes is not None}
    models = _models(model, layers[0], heads)
    return ServedNetwork(
        image_shape=tuple(model.image_shape),
        resizing=model.resizing,
        tasks=tasks,
        models=models,
        stem_tables=model_tables(models["stem"]),
        step_tables=step_tables(model.bank, layers),
        head_tables=head_tables(layers),
        kernels={name: (value_of(layer.kernel).T, value_of(layer.bias)) for name, layer in dense.items()},
    )


def _served_task(name, layers):
    names = None if layers.class_names is None else list(layers.class_names)
    return ServedTask(name, layers.num_steps, layers.head.pooling, layers.num_classes, names)


def _models(model, layers, heads):
    """Returns the models; of `layers`, a task's, and of `heads`, by their pooling, the structure counts alone."""
    images = keras.Input(model.image_shape, dtype="float32")
    stem = keras.Model(images, static_stem(images, model.stem), name="stem")
    # Half precision fits into float32, so that every step takes and gives the same.
    features = keras.Input(stem.output.shape[1:], dtype=keras.backend.result_type(stem.output.dtype, "float32"))
    step = keras.Model(features, StaticSteps(model.bank).run(features, 0, layers.norms, 0, "step"), name="step")
    return {"stem": stem, "step": step} | {name: _pool(features, head) for name, head in heads.items()}


def _pool(features, head):
    values = static_head(features, head, "head")
    if head.dense is not None:
        values = keras.Model(features, values).get_layer("head").input
    return keras.Model(features, values, name="pool")
