"""Whether tasks share more of their orderings than chance gives them."""

import dataclasses
import itertools
import math

import numpy as np

from keras_modnet.analysis.distances import block_distances, expect_one_bank, overlap_of_use
from keras_modnet.checks import expect, expect_count, expect_one_of

NULLS = ("order", "blocks")
# Up to 7 tasks every permutation is tried; 8 tasks have 40320.
MOST_PERMUTATIONS = 5040


def shuffled_distances(orderings, null, num_shuffles=1000, seed=0):
    """Returns how far apart orderings would be by chance, for one of two meanings of chance.

    - `"order"`: the steps of each ordering are shuffled. Each task keeps its use of the blocks and loses their order;
      where the distances found are smaller than these, tasks share order beyond the use of blocks. Overlaps do not
      change.
    - `"blocks"`: the blocks of each ordering are renamed by a random permutation of the bank, its own for each
      ordering. Each task keeps its pattern (which of its steps are equal) and loses which blocks they are; where the
      distances found are smaller, or the overlaps larger, tasks share the blocks themselves.

    Args:
        orderings: n `Ordering` objects of one model, of any numbers of steps. A soft row counts as the block with the
            largest weight.
        null: "order" or "blocks".
        num_shuffles: how often all orderings are shuffled, independently of each other.
        seed: of the shuffles.

    Returns:
        `(distances, overlaps)`, each `(num_shuffles, n, n)`: what `ordering_distances` and `block_use_overlap` give
        for the shuffled orderings, from 0 to 1.

    Raises:
        ValueError: no orderings, banks of different sizes, an unknown null, no shuffle.
    """
    orderings = list(orderings)
    expect_one_bank(orderings)
    expect_one_of("null", null, NULLS)
    expect_count("num_shuffles", num_shuffles)
    random, bank = np.random.default_rng(seed), np.arange(orderings[0].num_blocks)
    blocks = []
    for ordering in orderings:
        steps = np.array(ordering.blocks)
        shuffled = random.permuted(np.tile(steps if null == "order" else bank, (num_shuffles, 1)), axis=1)
        blocks.append(shuffled if null == "order" else shuffled[:, steps])
    use = np.stack([(rows[..., None] == bank).mean(axis=1) for rows in blocks], axis=1)
    return block_distances(blocks), overlap_of_use(use)


@dataclasses.dataclass(frozen=True)
class RelatednessTest:
    """What `relatedness_test` found.

    Attributes:
        related: mean similarity of the related pairs of tasks, in the unit of the similarities.
        unrelated: mean similarity of all other pairs.
        difference: `related - unrelated`.
        p_value: share of the permutations of the tasks, the identity among them, with a difference at least as large.
        num_permutations: how many permutations were compared.
    """

    related: float
    unrelated: float
    difference: float
    p_value: float
    num_permutations: int


def relatedness_test(similarities, related, num_permutations=10000, seed=0):
    """Tests whether related tasks are more alike than unrelated ones, by giving the tasks each other's places.

    The difference in mean similarity between related and unrelated pairs is compared with what it would be had the
    same similarities belonged to the tasks in another order. Tasks change places whole, since the pairs of one task
    are not independent. Up to 7 tasks all n! permutations are compared and the p-value is exact; beyond, the identity
    and random ones.

    What the p-value cannot say: with few tasks it cannot be small, however clear the similarities. No p-value is
    below the share of permutations that leave the groups as they are: 1/3 for four tasks in two pairs, 1/15 for six
    in three pairs, 1/10 for six in two threes, 1/105 for eight in four pairs; random permutations add that it is at
    least `1 / num_permutations`. It is about these tasks as they were grouped, not about tasks in general, and more
    seeds make the similarities surer but leave the number of tasks as it is.

    Args:
        similarities: `(n, n)`, symmetric, or `(seeds, n, n)` with the same tasks in each seed, of any unit; the
            diagonal does not count. Seeds are averaged: tasks change places alike in all seeds, so the mean of the
            seeds' differences is the difference of the mean similarities.
        related: a list of groups of task indices from 0, two tasks being related where a group holds both, or a
            boolean array `(n, n)`, symmetric, whose diagonal does not count.
        num_permutations: how many permutations are compared, the identity among them, where n! > 5040.
        seed: of the random permutations.

    Returns:
        `RelatednessTest`.

    Raises:
        ValueError: similarities that are not finite, square and symmetric; groups with a task twice or one that does
            not exist; no related or no unrelated pair; no permutation.
    """
    similarities = _mean_similarities(similarities)
    rows, columns = np.triu_indices(len(similarities), k=1)
    is_related = _related_matrix(related, len(similarities))[rows, columns]
    some = bool(is_related.any() and not is_related.all())
    expect(some, "related", "at least one pair of related tasks and one of unrelated tasks", related)
    expect_count("num_permutations", num_permutations)
    tasks = _permutations(len(similarities), num_permutations, seed)
    pairs = similarities[tasks[:, rows], tasks[:, columns]]
    near, far = pairs[:, is_related].mean(axis=1), pairs[:, ~is_related].mean(axis=1)
    differences = near - far
    # Sums of the same numbers in another order differ in the last digits: those are ties.
    slack = 1e-9 * np.abs(similarities).max()
    return RelatednessTest(
        related=float(near[0]),
        unrelated=float(far[0]),
        difference=float(differences[0]),
        p_value=float(np.mean(differences >= differences[0] - slack)),
        num_permutations=len(tasks),
    )


def _mean_similarities(similarities):
    similarities = np.asarray(similarities, "float64")
    shape = similarities.shape
    square = similarities.ndim in (2, 3) and similarities.size > 0 and shape[-2] == shape[-1]
    expect(square, "similarities", "of shape (n, n) or (seeds, n, n)", shape)
    # The diagonal does not count, so it may be anything, NaN included.
    off_diagonal = np.where(np.eye(shape[-1], dtype=bool), 0.0, similarities)
    valid = bool(np.isfinite(off_diagonal).all() and np.allclose(off_diagonal, off_diagonal.swapaxes(-1, -2)))
    expect(valid, "similarities", "finite and symmetric", similarities.tolist())
    return off_diagonal.reshape(-1, *shape[-2:]).mean(axis=0)


def _related_matrix(related, num_tasks):
    if isinstance(related, np.ndarray):
        valid = related.dtype == bool and related.shape == (num_tasks, num_tasks) and np.array_equal(related, related.T)
        expect(valid, "related", f"a symmetric boolean array of shape {(num_tasks, num_tasks)}, or groups", related)
        return related
    matrix = np.zeros((num_tasks, num_tasks), bool)
    for group in related:
        group = list(group)
        valid = len(set(group)) == len(group) and set(group) <= set(range(num_tasks))
        expect(valid, "related", f"groups of different tasks from 0 to {num_tasks - 1}", related)
        matrix[np.ix_(group, group)] = True
    return matrix


def _permutations(num_tasks, num_permutations, seed):
    if math.factorial(num_tasks) <= MOST_PERMUTATIONS:
        # The first of them is the identity.
        return np.array(list(itertools.permutations(range(num_tasks))))
    identity = np.arange(num_tasks)
    others = np.tile(identity, (num_permutations - 1, 1))
    return np.vstack([identity, np.random.default_rng(seed).permuted(others, axis=1)])
