"""What a person wants to know of the tasks on a bank."""

import dataclasses
import math

from keras_modnet.models.ordering import Ordering
from keras_modnet.models.running import ordering_of
from keras_modnet.models.trainability import task_states


@dataclasses.dataclass(frozen=True)
class TaskRow:
    """One task of a model.

    Attributes:
        task: its name.
        num_classes: its classes; None where it gives features.
        ordering: its `Ordering`.
        parameters: parameters that the task owns: ordering, norms with statistics, head.
        macs: multiply-adds of one image, one block a step; what a mixture costs to mix is not counted.
        trains: names of the task's parts that train; empty if the task is frozen.
    """

    task: str
    num_classes: int | None
    ordering: Ordering
    parameters: int
    macs: int
    trains: tuple[str, ...]


class TaskReport(tuple):
    """Rows of `TaskRow`; prints as a table."""

    __slots__ = ()

    def __str__(self):
        """The table."""
        table = [("task", "classes", "steps", "ordering", "own parameters", "MACs", "trains")]
        for row in self:
            blocks = _ordering_words(row.ordering)
            counts = (f"{row.parameters:,}", f"{row.macs:,}")
            trains = ", ".join(row.trains) or "frozen"
            classes = "features" if row.num_classes is None else str(row.num_classes)
            table.append((row.task, classes, str(row.ordering.num_steps), blocks, *counts, trains))
        widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
        return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in table)


def _ordering_words(ordering):
    kind = "" if ordering.is_hard else " (mixture)" if ordering.mixed else " (soft)"
    return " ".join(map(str, ordering.blocks)) + kind


class SummarizesTasks:
    """Adds to a Keras model's summary what its tasks run; stands in front of `keras.Model` among the bases."""

    def summary(self, line_length=None, positions=None, print_fn=None, **kwargs):
        """As `keras.Model.summary`; below it the ordering of each task, and what the total counts."""
        super().summary(line_length, positions, print_fn, **kwargs)
        (print_fn or print)("\n".join(summary_lines(self)))


def summary_lines(model):
    """Returns what stands below Keras's summary of a model: each task's ordering, and what its total counts.

    Args:
        model: a `ModNet`, `TaskModel` or `JointModel`.
    """
    tasks = model.task_layers
    width = max(map(len, tasks))
    lines = [f"{name}: ".ljust(width + 2) + _ordering_words(ordering_of(layers)) for name, layers in tasks.items()]
    total = model.count_params()
    parameters = _count([*model.stem.variables, *model.bank.variables]) + sum(map(own_parameters, tasks.values()))
    rest = f"; the other {total - parameters:,} steer routers" if total > parameters else ""
    own = f"of which {parameters:,} are what cards and reports call parameters, each counted once{rest}."
    return ["Orderings, the block of each step:", *lines, f"Total params: {total:,}, {own}"]


def task_report(model, task):
    """Returns the `TaskRow` of one task of a `ModNet`."""
    layers = model.task_layers[task]
    states = task_states(layers)
    return TaskRow(
        task=task,
        num_classes=layers.num_classes,
        ordering=model.ordering(task),
        parameters=own_parameters(layers),
        macs=model.count_macs(task),
        trains=tuple(part for part, trains in states.items() if trains),
    )


def own_parameters(layers):
    """Returns the number of parameters that a task owns; scalars that steer the router are none."""
    return _count((layers.ordering_variable, *layers.norms.variables, *layers.head.variables))


def _count(variables):
    return sum(math.prod(variable.shape) for variable in variables)
