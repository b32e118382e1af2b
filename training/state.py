"""What a training has reached after a step: enough to go on from there to the same bits."""

import dataclasses

import numpy as np

from keras_modnet.layers.values import value_of


@dataclasses.dataclass
class TrainingState:
    """What a training has reached.

    Attributes:
        stage: number of the stage of the recipe.
        epoch: epochs that are done.
        step: steps of the next epoch that are done.
        history: `{name: [value of each epoch]}`.
        seconds: time spent in the epoch that has begun.
        rate_scale: factor of the learning rate, under 1 after a retry.
        arrays: `{name: array}` of all variables of model, draws, optimizer and running means; none at the beginning.
    """

    stage: int = 0
    epoch: int = 0
    step: int = 0
    history: dict = dataclasses.field(default_factory=dict)
    seconds: float = 0.0
    rate_scale: float = 1.0
    arrays: dict = dataclasses.field(default_factory=dict)

    def header(self):
        """Returns all but the arrays, in values that JSON holds."""
        own = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        del own["arrays"]
        return own

    def named(self):
        """Returns where it is, in words."""
        return f"epoch {self.epoch}, step {self.step}"


def capture(network, steps):
    """Returns `{name: array}` of all that a step changes.

    Args:
        network: the `ModNet`.
        steps: what `training.steps.make_steps` returned for the model of its tasks.
    """
    return {name: value_of(variable) for name, variable in _variables(network, steps).items()}


def restore(network, steps, arrays):
    """Gives network, draws, optimizer and running means the values that `capture` returned.

    Args:
        network: a `ModNet` with the same tasks and orderings.
        steps: likewise, built.
        arrays: what `capture` returned.
    """
    for name, variable in _variables(network, steps).items():
        variable.assign(arrays[name])


def first_fault(arrays):
    """Returns the name of the first array with a value that is no finite number; None where there is none."""
    return next((name for name, array in arrays.items() if not _is_finite(array)), None)


def _is_finite(array):
    return not np.issubdtype(array.dtype, np.inexact) or bool(np.isfinite(array).all())


def _variables(network, steps):
    named = {f"model/{name}": variable for name, variable in network.named_variables().items()}
    named |= {f"draws/{task}": own.router.seed_generator.state for task, own in network.task_layers.items()}
    named |= {f"optimizer/{index}": own for index, own in enumerate(steps.model.optimizer.variables)}
    return named | {f"means/{index}": own for index, own in enumerate(steps.variables())}
