"""Norms that blocks carry, as a task's own at every step: where their values come from."""

import numpy as np

from keras_modnet.checks import expect
from keras_modnet.layers.values import value_of


def expect_carried(bank, own_norms):
    """Raises `ValueError` if norms are to be a task's own that no block of the bank carries."""
    possible = bool(bank.block_norms) or not own_norms
    expect(possible, "own_norms", "False for a kind whose blocks carry no norms: its norms are the task's", bank.block)


def block_rows(bank, weights):
    """Returns `{"place/scale": (num_steps, channels), ...}`: what the blocks of an ordering carry, mixed by its rows.

    Args:
        bank: the built `BlockBank`.
        weights: array `(num_steps, num_blocks)`, rows sum to one.
    """
    return {name: np.tensordot(weights, value_of(variable), 1) for name, variable in carried(bank).items()}


def carried(bank):
    """Returns `{"place/scale": variable (num_blocks, channels), ...}` of the norms that blocks carry."""
    names = [f"{place}/{name}" for place in bank.block_norms for name in ("scale", "offset")]
    return {name: bank.stacked_weights[name] for name in names}


def rows_behind(bank, norms, former, weights, norm_steps):
    """Returns the rows that a task's norms have under another ordering.

    Rows follow their steps. Where a step runs another block than the step that its norms come from, what blocks carry
    starts again as the block's.

    Args:
        bank: the built `BlockBank`.
        norms: the present `StepNorms`, with places of the norms that blocks carry.
        former: array `(steps, num_blocks)`, the present ordering.
        weights: array `(num_steps, num_blocks)`, the new one.
        norm_steps: for each of its steps the index of the present step whose norms it takes over.
    """
    rows = norms.take_steps(norm_steps)
    other = np.argmax(weights, -1) != np.argmax(former, -1)[list(norm_steps)]
    of_blocks = block_rows(bank, weights)
    return rows | {name: np.where(other[:, None], row, rows[name]) for name, row in of_blocks.items()}
