import numpy as np
import pytest

from keras_modnet import Ordering
from keras_modnet.analysis.distances import block_use, block_use_overlap, edit_distance, ordering_distances


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        ((0, 1, 2), (0, 1, 2), 0),
        ((0, 1, 2), (0, 2, 2), 1),  # one replacement
        ((0, 1, 2), (0, 1, 1, 2), 1),  # one insertion
        ((0, 1, 2), (1, 2), 1),  # one removal
        ((0, 1, 2), (1, 2, 0), 2),  # remove the first 0, add a 0: not three replacements
    ],
)
def test_edit_distance_counts_the_fewest_edits_both_ways(first, second, distance):
    assert edit_distance(first, second) == edit_distance(second, first) == distance


def test_edit_distances_of_many_orderings_are_those_of_each():
    random = np.random.default_rng(0)
    first, second = random.integers(0, 3, (20, 5)), random.integers(0, 3, (20, 4))
    together = edit_distance(first, second)
    assert together.tolist() == [edit_distance(a, b) for a, b in zip(first, second, strict=True)]
    assert len(set(together.tolist())) > 2


def test_distances_are_shares_of_the_longer_ordering():
    orderings = [Ordering.from_blocks(blocks, 3) for blocks in ((0, 1), (0, 1, 1, 2))]
    np.testing.assert_allclose(ordering_distances(orderings), [[0, 0.5], [0.5, 0]])


def test_block_use_counts_steps():
    np.testing.assert_allclose(block_use([Ordering.from_blocks((0, 2, 2, 2), 3)]), [[0.25, 0, 0.75]])


def test_block_use_counts_a_split_step_by_its_weights():
    mixture = Ordering([[1.5, -0.25, -0.25], [0.0, 0.5, 0.5]], mixed=True)
    np.testing.assert_allclose(block_use([mixture]), [[0.375, 0.3125, 0.3125]])


def test_overlap_is_the_share_of_steps_with_the_same_use_whatever_their_order():
    uses = ((0, 1, 1, 0), (1, 0), (2, 2), (0, 2, 2, 2))
    orderings = [Ordering.from_blocks(blocks, 3) for blocks in uses]
    expected = [[1, 1, 0, 0.25], [1, 1, 0, 0.25], [0, 0, 1, 0.75], [0.25, 0.25, 0.75, 1]]
    np.testing.assert_allclose(block_use_overlap(orderings), expected)


@pytest.mark.parametrize(("banks", "received"), [((3, 4), r"\[3, 4\]"), ((), r"\[\]")])
def test_overlap_needs_orderings_for_one_bank(banks, received):
    orderings = [Ordering.from_blocks((0, 1), bank) for bank in banks]
    with pytest.raises(ValueError, match=f"`orderings` must be at least one, all for the same .* Received: {received}"):
        block_use_overlap(orderings)
