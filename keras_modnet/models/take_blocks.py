"""A model on another bank: blocks copied, renumbered or left out."""

import numpy as np

from keras_modnet.checks import expect
from keras_modnet.layers.initial_values import without_initial_values
from keras_modnet.layers.values import value_of
from keras_modnet.models.ordering import Ordering, expect_block


def take_blocks(model, blocks):
    """Returns a new model whose bank has copies of a model's blocks; its tasks answer as before.

    A block taken several times can learn to differ from itself, one that is not taken costs nothing any more. With
    `model.ordering(task).blocks` every step of the task gets a block of its own; with that tuple times the number of
    domains there is one for each domain, too, as `fit_domains(orderings="separate")` needs.

    In a hard ordering the n-th step that runs a block runs its n-th copy, steps beyond the last copy that one. In other
    orderings copies share a block's weight equally. Stem, norms, heads, names, the default task and what trains come
    along; the new model is not compiled. Files of single tasks belong to the bank that they were saved from.

    Args:
        model: a `ModNet`; it stays as it is.
        blocks: sequence of block indices, in the order of the new bank, each as often as wanted.

    Returns:
        A `ModNet` of `len(blocks)` blocks that shares no variable with `model`.

    Raises:
        ValueError: no blocks, one that the bank lacks, or a task runs one that is left out.
    """
    expect(len(blocks) > 0, "blocks", "at least one block", blocks)
    for block in blocks:
        expect_block(block, model.bank.num_blocks)
    blocks = np.asarray(blocks, int)
    orderings = {task: _renumbered(task, model.ordering(task), blocks) for task in model.task_names}
    config = model.get_config() | {"num_blocks": len(blocks)}
    with without_initial_values():
        taken = type(model).from_config(config)
    theirs = model.named_variables()
    for name, variable in taken.named_variables().items():
        value = value_of(theirs[name])
        if name.startswith("bank/"):
            variable.assign(value[blocks])
        elif value.shape == tuple(variable.shape):
            # All but logits and coefficients, whose columns are blocks.
            variable.assign(value)
    for task, ordering in orderings.items():
        taken.set_ordering(task, ordering)
    return taken


def _renumbered(task, ordering, blocks):
    """Returns the task's `Ordering` over the blocks that are taken."""
    run = np.flatnonzero(np.any(ordering.weights != 0, axis=0)).tolist()
    expect(set(run) <= set(blocks), "blocks", f"all of {run}, which task {task!r} runs", blocks.tolist())
    if ordering.is_hard:
        return Ordering.from_blocks(_nth_copies(ordering.blocks, blocks), len(blocks))
    copies = np.bincount(blocks, minlength=ordering.num_blocks)
    return Ordering(ordering.weights[:, blocks] / copies[blocks], mixed=ordering.mixed)


def _nth_copies(steps, blocks):
    """Returns the place in the new bank of each step's block."""
    places = {block: np.flatnonzero(blocks == block).tolist() for block in set(steps)}
    renumbered = []
    for block in steps:
        left = places[block]
        renumbered.append(left.pop(0) if len(left) > 1 else left[0])
    return renumbered
