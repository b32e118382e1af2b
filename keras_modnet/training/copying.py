"""Copying blocks inside of a bank: what has learned once starts again in several places."""

import numpy as np

from keras_modnet.checks import expect, expect_count
from keras_modnet.layers.values import value_of
from keras_modnet.models.ordering import expect_block


def copy_blocks(model, sources):
    """Gives blocks of the bank the weights of other ones; tasks that run them change with them.

    Args:
        model: a `ModNet`.
        sources: `{block: block whose weights it takes}`, as they were before the call.

    Raises:
        ValueError: no blocks, or one that the bank lacks.
    """
    expect(isinstance(sources, dict) and sources, "sources", "a dict {block: block} with at least one", sources)
    for pair in sources.items():
        for block in pair:
            expect_block(block, model.bank.num_blocks)
    rows = np.arange(model.bank.num_blocks)
    rows[list(sources)] = list(sources.values())
    for variable in model.bank.stacked_weights.values():
        variable.assign(value_of(variable)[rows])


def copies_of_steps(num_steps, names, num_blocks):
    """Returns hard orderings that have no block in common: the n-th name runs the n-th `num_steps` blocks in a row.

    Args:
        num_steps: steps of each ordering.
        names: names, in the order in which they are given blocks.
        num_blocks: blocks of the bank.

    Returns:
        `{name: tuple of blocks}`.

    Raises:
        ValueError: the bank has too few blocks.
    """
    expect_count("num_steps", num_steps)
    needed = num_steps * len(names)
    expect(num_blocks >= needed, "num_blocks", f"at least {needed}: {num_steps} for each of {len(names)}", num_blocks)
    return {name: tuple(range(at * num_steps, (at + 1) * num_steps)) for at, name in enumerate(names)}
