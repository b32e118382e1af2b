"""The stages of a recipe: parts of the training with one ordering and one schedule."""

import dataclasses

from keras_modnet import Ordering, callbacks, grow_ordering

# Where the learning rate of the short network ends, as a share of its peak: it is not to settle before it has grown.
SHORT_FINAL_SHARE = 0.5


@dataclasses.dataclass(frozen=True)
class Stage:
    """A part of the training.

    Attributes:
        epochs: range of its epochs.
        grown: whether it trains the full orderings, and not each block once.
        final_share: learning rate at its end, as a share of the peak.
    """

    epochs: range
    grown: bool
    final_share: float


def stages(recipe):
    """Returns the stages of a recipe, in order."""
    short, epochs = recipe.short_epochs, recipe.epochs
    first = [Stage(range(short), False, SHORT_FINAL_SHARE)] if short else []
    return [*first, Stage(range(short, epochs), True, recipe.final_share)]


def enter_stage(model, orderings, stage):
    """Gives the tasks the orderings of a stage.

    Args:
        model: a `ModNet`.
        orderings: `{task: Ordering}` of the full network.
        stage: `Stage`.

    Returns:
        Whether a network has grown, so that its statistics are old.
    """
    for task, ordering in orderings.items():
        if not stage.grown:
            model.set_ordering(task, each_block_once(ordering))
        elif stage.epochs.start:
            grow_ordering(model, task, ordering)
    return stage.grown and stage.epochs.start > 0


def each_block_once(ordering):
    """Returns a hard ordering's blocks, each at the step where it runs first, as an `Ordering`."""
    first = [ordering.blocks.index(block) for block in dict.fromkeys(ordering.blocks)]
    return Ordering(ordering.weights[first], tuple(first))


def search_callbacks(recipe):
    """Returns warm start, annealing and hardening for the recipe's search epochs; nothing where it has none."""
    if recipe.search_epochs == 0:
        return []
    (start, end), warm, tasks = recipe.temperatures, recipe.warm_epochs, recipe.searched_tasks
    return [
        callbacks.WarmStart(warm, tasks, recipe.warm_confidence),
        callbacks.TemperatureAnnealing(start, end, recipe.search_epochs - warm, tasks, first_epoch=warm),
        callbacks.Harden(recipe.search_epochs, tasks),
    ]
