import numpy as np
import pytest

from keras_modnet import Ordering
from keras_modnet.analysis.distances import block_use, edit_distance, ordering_distances


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


def test_distances_are_shares_of_the_longer_ordering():
    orderings = [Ordering.from_blocks(blocks, 3) for blocks in ((0, 1), (0, 1, 1, 2))]
    np.testing.assert_allclose(ordering_distances(orderings), [[0, 0.5], [0.5, 0]])


def test_block_use_counts_steps():
    np.testing.assert_allclose(block_use([Ordering.from_blocks((0, 2, 2, 2), 3)]), [[0.25, 0, 0.75]])
