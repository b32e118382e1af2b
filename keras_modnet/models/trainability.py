"""What trains is written down: set, read and print it by part, never by matching variable names."""

import dataclasses
import math

from keras_modnet.checks import expect
from keras_modnet.models.task_layers import TASK_PARTS

PARTS = ("ordering", "norm", "statistics", "head", "bank", "stem")


def part_states(model):
    """Returns `{"stem": bool, "bank": bool, "tasks": {task: {part: bool}}}`: what trains, as plain data."""
    return {
        "stem": model.stem.trainable,
        "bank": model.bank.trainable,
        "tasks": {name: task_states(model.task_layers[name]) for name in model.task_names},
    }


def task_states(layers):
    """Returns `{part: bool}` of one task's layers."""
    return {
        "ordering": layers.router.trainable,
        "norm": layers.norms.affine_trains,
        "statistics": layers.norms.live_statistics,
        "head": layers.head.trainable,
    }


def apply_part_states(model, states):
    """Sets what trains from what `part_states` returned."""
    _set_trainable(model.stem, states["stem"])
    _set_trainable(model.bank, states["bank"])
    for name, parts in states["tasks"].items():
        apply_task_states(model.task_layers[name], parts)


def apply_task_states(layers, parts):
    """Sets what trains of one task's layers from `{part: bool}`."""
    _set_trainable(layers.router, parts["ordering"])
    layers.norms.configure(affine=parts["norm"], statistics=parts["statistics"])
    # A head that is frozen is frozen whole: its norm neither trains nor gathers.
    _set_trainable(layers.head, parts["head"])


def _set_trainable(layer, trainable):
    # Keras hands a value on to the layers inside, but on TensorFlow not one that the layer itself has already.
    layer.trainable = not trainable
    layer.trainable = trainable


def states_for(model, task, parts):
    """Returns the states in which nothing but the given parts trains.

    Args:
        model: a `ModNet`.
        task: name of the task whose parts train.
        parts: any of "ordering", "norm", "statistics", "head", "bank", "stem"; "norm" includes "statistics".

    Raises:
        ValueError: an unknown part, or none.
    """
    expect(not isinstance(parts, str) and len(parts) > 0, "parts", f"a sequence with some of {PARTS}", parts)
    for part in parts:
        expect(part in PARTS, "parts", f"a sequence with some of {PARTS}", tuple(parts))
    chosen = set(parts) | ({"statistics"} if "norm" in parts else set())
    nothing = dict.fromkeys(TASK_PARTS, False)
    tasks = {name: dict(nothing) for name in model.task_names}
    tasks[task] = {part: part in chosen for part in TASK_PARTS}
    return {"stem": "stem" in chosen, "bank": "bank" in chosen, "tasks": tasks}


@dataclasses.dataclass(frozen=True)
class TrainableRow:
    """One row of the table: a part, what trains of it, what there is of it, in parameters."""

    part: str
    trainable: int
    total: int


class TrainableTable(tuple):
    """Rows of what trains; prints as a table with the sum and its share of all parameters."""

    __slots__ = ()

    @property
    def trainable(self):
        """Number of parameters that train."""
        return sum(row.trainable for row in self)

    @property
    def total(self):
        """Number of parameters of the rows, moving statistics included."""
        return sum(row.total for row in self)

    def __str__(self):
        """The table."""
        rows = [(row.part, f"{row.trainable:,}", f"{row.total:,}") for row in self]
        share = 100 * self.trainable / max(self.total, 1)
        rows = [("part", "trainable", "parameters"), *rows]
        wide = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [f"{part:<{wide[0]}}  {count:>{wide[1]}}  {of:>{wide[2]}}" for part, count, of in rows]
        sums = f"trainable params: {self.trainable:,} || all params: {self.total:,} || trainable: {share:.2f} %"
        return "\n".join([*lines, sums])


def trainable_table(model, task):
    """Returns the `TrainableTable` of the shared parts, one task's parts and all other tasks together."""
    layers = model.task_layers[task]
    others = [model.task_layers[name] for name in model.task_names if name != task]
    parts = {
        "stem": model.stem.variables,
        "bank": model.bank.variables,
        f"{task}: ordering": [layers.ordering_variable],
        f"{task}: norm": layers.norms.variables,
        f"{task}: head": layers.head.variables,
    }
    if others:
        parts["other tasks"] = [variable for other in others for variable in _parameters(other)]
    return TrainableTable(TrainableRow(part, *_count(variables)) for part, variables in parts.items())


def _count(variables):
    sizes = [(variable.trainable, math.prod(variable.shape)) for variable in variables]
    return sum(size for trains, size in sizes if trains), sum(size for _, size in sizes)


def _parameters(layers):
    return [layers.ordering_variable, *layers.norms.variables, *layers.head.variables]
