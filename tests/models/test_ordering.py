import dataclasses

import numpy as np
import pytest

from keras_modnet.models.ordering import Ordering, as_ordering

SOFT = np.array([[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]], "float32")


def hard(*blocks):
    return Ordering.from_blocks(blocks, 3)


def test_hard_ordering_is_its_one_hot_rows():
    ordering = hard(0, 2, 2, 1)
    np.testing.assert_array_equal(ordering.weights, [[1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 1, 0]])
    assert ordering.blocks == (0, 2, 2, 1)
    assert (ordering.num_steps, ordering.num_blocks) == (4, 3)
    assert ordering.is_hard
    assert ordering.norm_steps == (0, 1, 2, 3)


def test_soft_ordering_names_the_largest_weights():
    ordering = Ordering(SOFT)
    assert ordering.blocks == (0, 2)
    assert not ordering.is_hard
    assert ordering.hard() == hard(0, 2)
    assert ordering.hard().is_hard


def test_entropy_is_in_nats():
    # Uniform over 4: ln 4. One-hot: 0. Halves: ln 2. (1/4, 1/4, 1/2): 2 * ln 4 / 4 + ln 2 / 2 = 1.5 ln 2.
    assert Ordering(np.full((1, 4), 0.25)).entropy[0] == pytest.approx(np.log(4))
    np.testing.assert_array_equal(hard(0, 1).entropy, [0, 0])
    np.testing.assert_allclose(Ordering(SOFT).entropy, [np.log(2), 1.5 * np.log(2)], rtol=1e-6)


@pytest.mark.parametrize(
    ("edit", "blocks", "norm_steps"),
    [
        (lambda o: o.repeat(1), (0, 1, 1, 2), (0, 1, 1, 2)),
        (lambda o: o.repeat(2, times=3), (0, 1, 2, 2, 2), (0, 1, 2, 2, 2)),
        (lambda o: o.repeat(0, times=1), (0, 1, 2), (0, 1, 2)),
        # In front of step 1, with the norms of that one.
        (lambda o: o.insert(1, 2), (0, 2, 1, 2), (0, 1, 1, 2)),
        (lambda o: o.insert(0, 1), (1, 0, 1, 2), (0, 0, 1, 2)),
        # At the end, with the norms of the last.
        (lambda o: o.insert(3, 0), (0, 1, 2, 0), (0, 1, 2, 2)),
        (lambda o: o.remove(0), (1, 2), (1, 2)),
        (lambda o: o.remove(2), (0, 1), (0, 1)),
        (lambda o: o.swap(0, 2), (2, 1, 0), (2, 1, 0)),
        (lambda o: o.swap(1, 1), (0, 1, 2), (0, 1, 2)),
        # One edit after the other: norms are those of the first ordering.
        (lambda o: o.swap(0, 2).remove(0).repeat(1), (1, 0, 0), (1, 0, 0)),
        (lambda o: o.insert(1, 0).swap(0, 1).remove(3), (0, 0, 1), (1, 0, 1)),
    ],
)
def test_edit_moves_blocks_and_norms(edit, blocks, norm_steps):
    ordering = hard(0, 1, 2)
    edited = edit(ordering)
    assert (edited.blocks, edited.norm_steps) == (blocks, norm_steps)
    # The one that was edited is as it was.
    assert (ordering.blocks, ordering.norm_steps) == ((0, 1, 2), (0, 1, 2))


def test_edits_keep_soft_rows():
    np.testing.assert_array_equal(Ordering(SOFT).swap(0, 1).weights, SOFT[[1, 0]])
    np.testing.assert_array_equal(Ordering(SOFT).insert(1, 1).weights, [SOFT[0], [0, 1, 0], SOFT[1]])


def test_ordering_cannot_be_changed():
    given = SOFT.copy()
    ordering = Ordering(given)
    given[0] = [0, 0, 1]
    np.testing.assert_array_equal(ordering.weights, SOFT)
    with pytest.raises(ValueError, match="read-only"):
        ordering.weights[0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        ordering.weights = SOFT


def test_equal_weights_are_equal_orderings():
    assert hard(0, 1) == hard(0, 1)
    assert hard(0, 1) != hard(1, 0)
    assert hard(0, 1) != hard(0, 1, 1)
    assert hard(0, 1) != (0, 1)
    # Where norms come from does not count: two swaps are none.
    assert hard(0, 0).swap(0, 1) == hard(0, 0)
    negative_zero = Ordering([[1.0, -0.0]])
    assert negative_zero == Ordering([[1.0, 0.0]])
    assert len({hard(0, 1), hard(0, 1), hard(1, 0)}) == 2
    assert len({negative_zero, Ordering([[1.0, 0.0]])}) == 1


def test_orderings_print_their_blocks():
    assert repr(hard(0, 2)) == "Ordering(0 2; 3 blocks, hard)"
    # Mean of ln 2 and 1.5 ln 2: 0.87.
    assert repr(Ordering(SOFT)) == "Ordering(0 2; 3 blocks, soft, mean entropy 0.87 nats)"


def test_list_of_blocks_becomes_an_ordering():
    assert as_ordering([0, 2], 3) == hard(0, 2)
    ordering = hard(1)
    assert as_ordering(ordering, 3) is ordering


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: hard(), r"`blocks` must be at least one step\. Received: \[\]"),
        (lambda: hard(0, 3), r"`block` must be a block of the bank, from 0 to 2\. Received: 3"),
        (lambda: hard(-1), r"`block` must be a block of the bank, from 0 to 2\. Received: -1"),
        (lambda: hard(1.0), r"`block` must be a block of the bank, from 0 to 2\. Received: 1\.0"),
        (lambda: hard(True), r"`block` must be a block of the bank, from 0 to 2\. Received: True"),
        (lambda: Ordering(np.zeros((0, 3))), r"`weights` must be of shape \(num_steps, num_blocks\)"),
        (lambda: Ordering(np.ones(3) / 3), r"`weights` must be of shape .* Received: \(3,\)"),
        (lambda: Ordering([[0.5, 0.6]]), "`weights` must be rows of numbers from 0 that sum to one"),
        (lambda: Ordering([[1.5, -0.5]]), "`weights` must be rows of numbers from 0 that sum to one"),
        (lambda: Ordering([[np.nan, 1.0]]), "`weights` must be rows of numbers from 0 that sum to one"),
        (lambda: Ordering(SOFT, (0,)), r"`norm_steps` must be one index for each of 2 steps\. Received: \(0,\)"),
        (lambda: hard(0, 1).repeat(2), r"`step` must be a step from 0 to 1\. Received: 2"),
        (lambda: hard(0, 1).repeat(-1), r"`step` must be a step from 0 to 1\. Received: -1"),
        (lambda: hard(0, 1).repeat(0, times=0), "`times` must be a whole number of at least 1"),
        (lambda: hard(0, 1).insert(3, 0), r"`step` must be a step from 0 to 2\. Received: 3"),
        (lambda: hard(0, 1).insert(0, 3), "`block` must be a block of the bank, from 0 to 2"),
        (lambda: hard(0, 1).remove(2), r"`step` must be a step from 0 to 1\. Received: 2"),
        (lambda: hard(0).remove(0), r"`step` must be a step of an ordering with at least two\. Received: 0"),
        (lambda: hard(0, 1).swap(0, 2), r"`b` must be a step from 0 to 1\. Received: 2"),
        (lambda: hard(0, 1).swap(2, 0), r"`a` must be a step from 0 to 1\. Received: 2"),
        (lambda: as_ordering(hard(0), 4), "`ordering` must be for a bank of 4 blocks"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
