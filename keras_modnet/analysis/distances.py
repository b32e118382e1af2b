"""How far apart the orderings of tasks are, and how alike their use of the blocks."""

import itertools

import numpy as np

from keras_modnet.checks import expect


def edit_distance(first, second):
    """Returns the fewest insertions, removals and replacements of steps that turn one ordering into the other.

    Args:
        first: block of each step, `(..., steps)`; axes in front of the steps are as many orderings at once.
        second: likewise, of any number of steps.

    Reference:
        Levenshtein 1966.
    """
    first, second = np.asarray(first), np.asarray(second)
    row = list(range(second.shape[-1] + 1))
    for index in range(first.shape[-1]):
        diagonal, row[0] = row[0], index + 1
        for column in range(1, len(row)):
            replaced = diagonal + (first[..., index] != second[..., column - 1])
            edited = np.minimum(row[column], row[column - 1]) + 1
            diagonal, row[column] = row[column], np.minimum(replaced, edited)
    return row[-1]


def ordering_distances(orderings):
    """Returns the share of steps that differ between orderings, `(n, n)`: edit distance over the longer length.

    Args:
        orderings: `Ordering` objects.
    """
    return block_distances([ordering.blocks for ordering in orderings])


def block_distances(blocks):
    """Returns what `ordering_distances` does, `(..., n, n)`, for arrays with the block of each step, `(..., steps)`."""
    blocks = [np.asarray(row) for row in blocks]
    distances = np.zeros((*blocks[0].shape[:-1], len(blocks), len(blocks)))
    for a, b in itertools.combinations(range(len(blocks)), 2):
        longer = max(blocks[a].shape[-1], blocks[b].shape[-1])
        distances[..., a, b] = distances[..., b, a] = edit_distance(blocks[a], blocks[b]) / longer
    return distances


def block_use(orderings):
    """Returns how often each ordering uses each block, as shares of its steps, `(n, num_blocks)`.

    Each step counts by its weights: a step of one block wholly, one that is split by the `shares` of its blocks.

    Args:
        orderings: `Ordering` objects for one bank.
    """
    return np.array([ordering.shares.mean(axis=0) for ordering in orderings])


def block_use_overlap(orderings):
    """Returns the share of steps on which the use of the blocks agrees, whatever their order, `(n, n)`.

    It is the histogram intersection of the rows of `block_use`: 1 where two orderings use each block equally often,
    0 where they have no block in common.

    Args:
        orderings: `Ordering` objects for one bank.

    Raises:
        ValueError: no orderings, or orderings for banks of different sizes.
    """
    orderings = list(orderings)
    expect_one_bank(orderings)
    return overlap_of_use(block_use(orderings))


def overlap_of_use(use):
    """Returns the histogram intersection of rows of block use, `(..., n, num_blocks)` to `(..., n, n)`."""
    return np.minimum(use[..., :, None, :], use[..., None, :, :]).sum(axis=-1)


def expect_one_bank(orderings):
    """Raises `ValueError` unless there are orderings, all for banks of one size."""
    sizes = [ordering.num_blocks for ordering in orderings]
    expect(len(set(sizes)) == 1, "orderings", "at least one, all for the same number of blocks", sizes)
