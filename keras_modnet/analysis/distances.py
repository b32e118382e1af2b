"""How far apart the orderings of tasks are."""

import numpy as np


def edit_distance(first, second):
    """Returns the fewest insertions, removals and replacements of steps that turn one ordering into the other.

    Args:
        first: block of each step.
        second: likewise, of any length.

    Reference:
        Levenshtein 1966.
    """
    row = list(range(len(second) + 1))
    for index, block in enumerate(first, start=1):
        diagonal, row[0] = row[0], index
        for column, other in enumerate(second, start=1):
            replaced = diagonal + (block != other)
            diagonal, row[column] = row[column], min(replaced, row[column] + 1, row[column - 1] + 1)
    return row[-1]


def ordering_distances(orderings):
    """Returns the share of steps that differ between orderings, `(n, n)`: edit distance over the longer length.

    Args:
        orderings: `Ordering` objects.
    """
    blocks = [ordering.blocks for ordering in orderings]
    return np.array([[edit_distance(a, b) / max(len(a), len(b)) for b in blocks] for a in blocks])


def block_use(orderings):
    """Returns how often each ordering runs each block, as shares of its steps, `(n, num_blocks)`."""
    counts = [np.bincount(ordering.blocks, minlength=ordering.num_blocks) for ordering in orderings]
    return np.array([count / count.sum() for count in counts])
