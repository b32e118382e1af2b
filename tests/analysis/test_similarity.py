import dataclasses

import numpy as np
import pytest

from keras_modnet import Ordering
from keras_modnet.analysis import block_use_overlap, relatedness_test, shuffled_distances

ORDERINGS = [Ordering.from_blocks(blocks, 4) for blocks in ((0, 0, 1, 2), (0, 0, 1, 2), (3, 3, 3, 3, 3))]
PAIRS = [[0, 1], [2, 3]]


def grouped(num_groups, size=2, near=0.9, far=0.2):
    """Similarities of tasks in groups of one size; the diagonal is NaN, since it does not count."""
    related = np.kron(np.eye(num_groups), np.ones((size, size))).astype(bool)
    similarities = np.where(related, near, far)
    np.fill_diagonal(similarities, np.nan)
    return similarities


@pytest.mark.parametrize("null", ["order", "blocks"])
def test_shuffles_are_symmetric_repeatable_and_leave_orderings_with_themselves_alone(null):
    distances, overlaps = shuffled_distances(ORDERINGS, null, num_shuffles=50)
    assert distances.shape == overlaps.shape == (50, 3, 3)
    for values, own in ((distances, 0), (overlaps, 1)):
        np.testing.assert_array_equal(values, values.swapaxes(1, 2))
        np.testing.assert_allclose(values.diagonal(axis1=1, axis2=2), own)
    again, other = (shuffled_distances(ORDERINGS, null, num_shuffles=50, seed=seed)[0] for seed in (0, 1))
    assert np.array_equal(distances, again)
    assert not np.array_equal(distances, other)


def test_random_order_keeps_the_use_of_blocks_and_loses_their_order():
    distances, overlaps = shuffled_distances(ORDERINGS, "order", num_shuffles=200)
    np.testing.assert_allclose(overlaps, np.tile(block_use_overlap(ORDERINGS), (200, 1, 1)))
    # One step alone cannot differ where the use is the same.
    assert {0, 0.5, 0.75} <= set(distances[:, 0, 1]) <= {0, 0.5, 0.75, 1}
    # Without a common block all five steps differ, in whatever order.
    assert set(distances[:, 0, 2]) == {1}


def test_random_order_gives_each_order_equally_often():
    # Two steps have two orders: the orderings agree in half of the shuffles, else both steps differ.
    two = [Ordering.from_blocks((0, 1), 2)] * 2
    distances, _ = shuffled_distances(two, "order", num_shuffles=4000)
    assert set(distances[:, 0, 1]) == {0, 1}
    assert distances[:, 0, 1].mean() == pytest.approx(0.5, abs=0.04)


def test_random_blocks_keep_the_pattern_and_lose_the_blocks():
    # One block all along stays one block all along: equal in one of four renamings, else nothing in common.
    constant = [Ordering.from_blocks((block,) * 3, 4) for block in (0, 0)]
    distances, overlaps = shuffled_distances(constant, "blocks", num_shuffles=4000)
    np.testing.assert_allclose(overlaps, 1 - distances)
    assert set(distances[:, 0, 1]) == {0, 1}
    assert overlaps[:, 0, 1].mean() == pytest.approx(0.25, abs=0.03)
    # Three different blocks of three are renamed to three different blocks: the use is the same.
    distances, overlaps = shuffled_distances([Ordering.from_blocks((0, 1, 2), 3)] * 2, "blocks", num_shuffles=50)
    np.testing.assert_allclose(overlaps, 1)
    assert len(set(distances[:, 0, 1])) > 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"orderings": []}, "`orderings` must be at least one"),
        ({"orderings": [*ORDERINGS, Ordering.from_blocks((0,), 5)]}, r"`orderings` .* Received: \[4, 4, 4, 5\]"),
        ({"null": "steps"}, "`null` must be one of 'order', 'blocks'"),
        ({"num_shuffles": 0}, "`num_shuffles` must be a whole number of at least 1"),
    ],
)
def test_shuffles_that_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        shuffled_distances(**({"orderings": ORDERINGS, "null": "order"} | arguments))


@pytest.mark.parametrize(
    ("num_groups", "size", "fraction", "permutations"),
    [
        # Of the n! permutations those stay that exchange tasks of a group, or whole groups.
        (2, 2, 8 / 24, 24),
        (3, 2, 48 / 720, 720),
        (2, 3, 72 / 720, 720),
    ],
)
def test_the_p_value_of_perfect_groups_is_counted_by_hand(num_groups, size, fraction, permutations):
    groups = np.arange(num_groups * size).reshape(num_groups, size).tolist()
    found = relatedness_test(grouped(num_groups, size), groups)
    assert dataclasses.astuple(found) == pytest.approx((0.9, 0.2, 0.7, fraction, permutations))


def test_the_p_value_of_one_order_among_many():
    # Pairs 01 and 23 are the likest, then 02 and 13, then 03 and 12: three ways to pair four tasks.
    similarities = np.array([[0, 3, 2, 1], [3, 0, 1, 2], [2, 1, 0, 3], [1, 2, 3, 0]])
    p_values = [relatedness_test(similarities, [[0, other]]).p_value for other in (1, 2, 3)]
    assert p_values == pytest.approx([1 / 3, 2 / 3, 1])
    assert relatedness_test(similarities, [[0, 3], [1, 2]]).difference == pytest.approx(1 - 2.5)


def test_equal_similarities_are_ties():
    found = relatedness_test(np.full((5, 5), 0.1), [[0, 1, 2]])
    assert (found.difference, found.p_value, found.num_permutations) == (pytest.approx(0), 1.0, 120)


def test_groups_and_a_matrix_say_the_same():
    matrix = np.kron(np.eye(2), np.ones((2, 2))).astype(bool)
    random = np.random.default_rng(0).normal(size=(4, 4))
    similarities = random + random.T
    expected = relatedness_test(similarities, PAIRS)
    assert relatedness_test(similarities, matrix) == expected
    assert relatedness_test(similarities, matrix & ~np.eye(4, dtype=bool)) == expected


def test_seeds_are_averaged():
    random = np.random.default_rng(0).normal(size=(3, 4, 4))
    similarities = random + random.swapaxes(1, 2)
    found = relatedness_test(similarities, PAIRS)
    assert found == relatedness_test(similarities.mean(axis=0), PAIRS)
    each = [relatedness_test(seed, PAIRS).difference for seed in similarities]
    assert found.difference == pytest.approx(np.mean(each))


def test_many_tasks_get_random_permutations_and_the_identity():
    groups = [[0, 1], [2, 3], [4, 5], [6, 7]]
    found = relatedness_test(grouped(4), groups, num_permutations=20000)
    assert found.num_permutations == 20000
    assert found.p_value == pytest.approx(1 / 105, abs=0.003)
    assert relatedness_test(grouped(4), groups, num_permutations=1).p_value == 1.0
    p_values = {relatedness_test(grouped(4), groups, 500, seed).p_value for seed in (0, 0, 1, 2)}
    assert len(p_values) > 1
    assert relatedness_test(grouped(4), groups, 500) == relatedness_test(grouped(4), groups, 500)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"similarities": np.ones((4, 3))}, r"`similarities` must be of shape \(n, n\) or .* Received: \(4, 3\)"),
        ({"similarities": np.ones(4)}, r"`similarities` must be of shape \(n, n\)"),
        ({"similarities": np.ones((0, 4, 4))}, r"`similarities` must be of shape \(n, n\)"),
        ({"similarities": np.arange(16.0).reshape(4, 4)}, "`similarities` must be finite and symmetric"),
        ({"similarities": np.full((4, 4), np.nan)}, "`similarities` must be finite and symmetric"),
        ({"related": [[0, 4]]}, "`related` must be groups of different tasks from 0 to 3"),
        ({"related": [[0, 0]]}, "`related` must be groups of different tasks"),
        ({"related": [[0], [1, 2, 3, 0]]}, "`related` must be at least one pair of related tasks and one of unrelated"),
        ({"related": [[0], [1]]}, "`related` must be at least one pair of related tasks"),
        ({"related": np.eye(4)}, r"`related` must be a symmetric boolean array of shape \(4, 4\)"),
        ({"related": np.triu(np.ones((4, 4), bool))}, "`related` must be a symmetric boolean array"),
        ({"num_permutations": 0}, "`num_permutations` must be a whole number of at least 1"),
    ],
)
def test_tests_that_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        relatedness_test(**({"similarities": np.ones((4, 4)), "related": PAIRS} | arguments))
