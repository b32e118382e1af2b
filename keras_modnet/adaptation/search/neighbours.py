"""Orderings that are one edit away from another one."""

import dataclasses
import itertools

import numpy as np

from keras_modnet.models.ordering import Ordering


@dataclasses.dataclass(frozen=True)
class Edited:
    """An ordering and the edit that made it.

    Attributes:
        edit: the edit in words.
        ordering: the `Ordering` that it gave.
    """

    edit: str
    ordering: Ordering


def truncations(ordering):
    """Yields the edits that leave out the last steps, from one step to all but one.

    Features in front of the last blocks separate classes better where images are far from those that the blocks were
    trained on (arXiv 2603.05280), and no single step that is left out gives them.

    Args:
        ordering: a hard `Ordering`.
    """
    steps = range(1, ordering.num_steps)
    yield from (Edited(f"stop behind step {step - 1}", _first(ordering, step)) for step in steps)


def near(ordering, max_steps=None):
    """Yields few edits, the likeliest: a step repeated or removed, neighbouring steps swapped.

    Args:
        ordering: a hard `Ordering`.
        max_steps: steps that an ordering may have at most; None: any number.
    """
    blocks, steps = ordering.blocks, range(ordering.num_steps)
    if _may_grow(ordering, max_steps):
        yield from (Edited(f"repeat step {step} (block {blocks[step]})", ordering.repeat(step)) for step in steps)
    if ordering.num_steps > 1:
        yield from (Edited(f"remove step {step} (block {blocks[step]})", ordering.remove(step)) for step in steps)
    yield from (_swap(ordering, step, step + 1) for step in steps[:-1])


def far(ordering, max_steps=None):
    """Yields the many others: any two steps swapped, any block at any step or as one more; arguments as `near`."""
    pairs = itertools.combinations(range(ordering.num_steps), 2)
    yield from (_swap(ordering, a, b) for a, b in pairs if b > a + 1)
    for step, block in itertools.product(range(ordering.num_steps), range(ordering.num_blocks)):
        yield Edited(f"block {block} at step {step}", exchange(ordering, step, block))
    if _may_grow(ordering, max_steps):
        for step, block in itertools.product(range(ordering.num_steps + 1), range(ordering.num_blocks)):
            yield Edited(f"insert block {block} at step {step}", ordering.insert(step, block))


def exchange(ordering, step, block):
    """Returns the ordering with another block at one step, whose norms stay."""
    weights = ordering.weights.copy()
    weights[step] = np.eye(ordering.num_blocks)[block]
    return dataclasses.replace(ordering, weights=weights)


def _first(ordering, count):
    return Ordering(ordering.weights[:count], ordering.norm_steps[:count])


def _swap(ordering, a, b):
    return Edited(f"swap steps {a} and {b}", ordering.swap(a, b))


def _may_grow(ordering, max_steps):
    return max_steps is None or ordering.num_steps < max_steps
