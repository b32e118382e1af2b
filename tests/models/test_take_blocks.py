"""A model on another bank answers as before, and its blocks are its own."""

import numpy as np
import pytest
from keras import ops

import keras_modnet
from keras_modnet.models.ordering import Ordering

SOFT = np.array([[0.5, 0.375, 0.125], [0.25, 0.25, 0.5], [0.125, 0.75, 0.125]], "float32")
MIXED = np.array([[0.5, 0.75, -0.25], [-0.5, 0.25, 1.25], [1.0, -1.0, 1.0]], "float32")


def answers(model, images):
    return ops.convert_to_numpy(model({"digits": images})["digits"])


@pytest.mark.parametrize(
    ("ordering", "blocks"),
    [
        ([0, 1, 1], [1, 0]),
        ([0, 1, 1], [0, 1, 1, 0, 1, 1]),
        (Ordering(SOFT), [2, 1, 0, 1]),
        (Ordering(MIXED, mixed=True), [2, 1, 0, 1, 1]),
    ],
)
def test_tasks_answer_as_before(make_model, values, images, ordering, blocks):
    model = make_model(compiled=False)
    model.set_ordering("digits", ordering)
    model.set_ordering("letters", [1, 1, 0])
    before, stored = answers(model, images), values(model)
    taken = keras_modnet.take_blocks(model, blocks)
    assert taken.bank.num_blocks == len(blocks)
    np.testing.assert_allclose(answers(taken, images), before, atol=1e-5)
    assert all(np.array_equal(value, stored[name]) for name, value in values(model).items())


def test_copies_share_the_weight_of_their_block(make_model):
    model = make_model(compiled=False)
    model.set_ordering("digits", Ordering(SOFT))
    weights = keras_modnet.take_blocks(model, [0, 1, 2, 0]).ordering("digits").weights
    np.testing.assert_allclose(weights[0], [0.25, 0.375, 0.125, 0.25], atol=1e-6)


def test_every_step_gets_a_block_of_its_own(make_model, images):
    model = make_model(compiled=False)
    model.set_ordering("digits", [1, 0, 1])
    model.set_ordering("letters", [1, 1, 1])
    taken = keras_modnet.take_blocks(model, model.ordering("digits").blocks)
    assert taken.ordering("digits").blocks == (0, 1, 2)
    # Two copies of block 1: what runs it more often runs the last one again.
    assert taken.ordering("letters").blocks == (0, 2, 2)
    before = answers(model, images)
    for variable in taken.bank.stacked_weights.values():
        changed = ops.convert_to_numpy(variable).copy()
        changed[2] *= 2
        variable.assign(changed)
    # The model that it was taken from has not moved.
    np.testing.assert_array_equal(answers(model, images), before)
    assert np.abs(answers(taken, images) - before).max() > 1e-3


def test_what_trains_default_task_names_and_steps_come_along(make_model):
    model = make_model(compiled=False)
    model.set_ordering("digits", [0, 1])
    model.set_ordering("letters", [2, 2, 2, 1])
    model.default_task = "letters"
    model.train_only("letters", ("head",))
    taken = keras_modnet.take_blocks(model, [1, 0, 2])
    assert (taken.task_names, taken.default_task) == (model.task_names, "letters")
    assert [v.path for v in taken.trainable_variables] == [v.path for v in model.trainable_variables]
    assert taken.ordering("letters").blocks == (2, 2, 2, 0)
    assert taken.ordering("digits").blocks == (1, 0)


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([], "`blocks` must be at least one block"),
        ([0, 3], "`block` must be a block of the bank, from 0 to 2"),
        ([0, True], "`block` must be a block of the bank"),
        ([0, 2], r"`blocks` must be all of \[0, 1\], which task 'digits' runs"),
    ],
)
def test_a_bank_that_cannot_serve_the_tasks_is_refused(make_model, blocks, message):
    model = make_model(compiled=False)
    model.set_ordering("digits", [0, 1, 1])
    with pytest.raises(ValueError, match=message):
        keras_modnet.take_blocks(model, blocks)
