"""The values that tasks run with, each stored once, and which of them a task takes at each of its steps."""

import dataclasses

import numpy as np
from keras import ops

from keras_modnet.layers.mixing import is_norm_of
from keras_modnet.layers.stages import BlockLayerNorm, StepNorm
from keras_modnet.layers.values import value_of
from keras_modnet.models.static_layers import NORM_VALUES


@dataclasses.dataclass(frozen=True)
class Table:
    """The values of one layer, and who takes which.

    Attributes:
        values: for each weight of the layer an array `(num_rows, ...)`.
        rows: int32 `(tasks, steps)`: the row of each step; zeros behind the last step of a task.
    """

    values: tuple[np.ndarray, ...]
    rows: np.ndarray


class TableMaker:
    """Gathers the values of one layer; equal ones, to the last bit, become one row.

    Args:
        num_tasks: tasks.
        num_steps: most steps of any.
    """

    def __init__(self, num_tasks, num_steps):
        self._rows = np.zeros((num_tasks, num_steps), "int32")
        self._places, self._kept = {}, []

    def add(self, task, step, values, key=None):
        """Says what a task takes at a step.

        Args:
            task: index of the task.
            step: index of the step.
            values: list of arrays, one for each weight of the layer.
            key: what is equal exactly where the values are; None: their bytes.
        """
        key = tuple(value.tobytes() for value in values) if key is None else key
        if key not in self._places:
            self._places[key] = len(self._kept)
            self._kept.append(values)
        self._rows[task, step] = self._places[key]

    def table(self):
        """Returns the `Table`."""
        return Table(tuple(_stored(column) for column in zip(*self._kept, strict=True)), self._rows)


def model_tables(model):
    """Returns a `Table` of one row for each layer of a Keras model that has weights, with the values that it has."""
    weighted = [layer.weights for layer in model.layers if layer.weights]
    return tuple(
        Table(tuple(_stored([value_of(w)]) for w in weights), np.zeros((1, 1), "int32")) for weights in weighted
    )


def step_tables(bank, tasks):
    """Returns a `Table` for each stage with values, in the order of the stages.

    Blocks that no task runs are left out. A step of a mixture has mixed values of its own.

    Args:
        bank: the built `BlockBank`.
        tasks: list of `TaskLayers` on that bank.
    """
    most = max(task.num_steps for task in tasks)
    makers = {stage: TableMaker(len(tasks), most) for stage in bank.stages if stage.weights() or _is_norm(stage)}
    values = {name: value_of(variable) for name, variable in bank.stacked_weights.items()}
    for index, task in enumerate(tasks):
        _add_steps(makers, index, task, values)
    return tuple(maker.table() for maker in makers.values())


def head_tables(tasks):
    """Returns a list with the `Table` of the norms of heads, one step each; empty where heads have none.

    Args:
        tasks: list of `TaskLayers`.
    """
    maker = TableMaker(len(tasks), 1)
    for index, task in enumerate(tasks):
        if task.head.norms is None:
            return ()
        rows = task.head.norms.take_steps([0])
        maker.add(index, 0, _norm_values(rows, "output", 0))
    return (maker.table(),)


def _add_steps(makers, index, task, values):
    # What the router gives at inference, so that ties go to the same block.
    ordering = ops.convert_to_numpy(task.router(training=False))
    norms = task.norms.take_steps(range(task.num_steps))
    for step, row in enumerate(ordering):
        for stage, maker in makers.items():
            if is_norm_of(task.norms, stage):
                maker.add(index, step, _norm_values(norms, stage.name, step))
                continue
            stacked = [values[f"{stage.name}/{name}"] for name in stage.weights()]
            block = row.tobytes() if task.mixed else int(row.argmax())
            own = [np.tensordot(row, value, 1) if task.mixed else value[block] for value in stacked]
            # Carried norms by their values, since a task's own ones may be equal; blocks are large, and known by index.
            maker.add(index, step, own, None if _is_norm(stage) else block)


def _is_norm(stage):
    return isinstance(stage, StepNorm | BlockLayerNorm)


def _norm_values(rows, place, step):
    return [rows[f"{place}/{name}"][step] for name in NORM_VALUES if f"{place}/{name}" in rows]


def _stored(column):
    values = np.stack(column)
    # NumPy's files know no bfloat16.
    return values if values.dtype == np.float64 else values.astype("float32")
