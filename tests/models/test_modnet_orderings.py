"""What `set_ordering` does to a model: the blocks run in the new order, and norms go where their steps went."""

import numpy as np
import pytest
from keras import ops

from keras_modnet.models.ordering import Ordering

BLOCKS = [2, 0, 1]


def logits(model, images):
    return ops.convert_to_numpy(model(images))


@pytest.fixture
def model(make_model, values):
    """A model whose steps have norms of their own."""
    model = make_model(compiled=False)
    model.set_ordering("digits", BLOCKS)
    generator = np.random.default_rng(4)
    for variable in model.task_layers["digits"].norms.variables_by_name().values():
        variable.assign(generator.uniform(0.5, 1.5, variable.shape))
    return model


def norm_rows(model, values):
    prefix = "tasks/digits/norm/"
    return {name: value for name, value in values(model).items() if name.startswith(prefix)}


def test_ordering_is_what_was_set(model):
    assert model.ordering("digits") == Ordering.from_blocks(BLOCKS, 3)
    # The other task has learned none yet.
    np.testing.assert_allclose(model.ordering("letters").weights, np.full((3, 3), 1 / 3), atol=1e-6)


def test_soft_ordering_stays_soft(model):
    weights = np.array([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.25, 0.25, 0.5]], "float32")
    model.set_ordering("digits", Ordering(weights))
    assert not model.ordering("digits").is_hard
    np.testing.assert_allclose(model.ordering("digits").weights, weights, atol=1e-6)


def test_ordering_decides_what_the_model_computes(model, images):
    before = logits(model, images)
    model.set_ordering("digits", [2, 0, 0])
    assert np.abs(logits(model, images) - before).max() > 1e-4


@pytest.mark.parametrize(
    "edit",
    [
        lambda ordering: ordering,
        lambda ordering: BLOCKS,
        lambda ordering: ordering.repeat(1, times=1),
        lambda ordering: ordering.swap(0, 2).swap(2, 0),
        lambda ordering: ordering.repeat(1).remove(1),
        lambda ordering: ordering.repeat(1).remove(2),
        lambda ordering: ordering.insert(1, 2).remove(1),
        lambda ordering: ordering.insert(3, 2).remove(3),
    ],
)
def test_edits_that_cancel_change_nothing(model, images, values, edit):
    before, outputs = values(model), logits(model, images)
    model.set_ordering("digits", edit(model.ordering("digits")))
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)
    np.testing.assert_array_equal(logits(model, images), outputs)


@pytest.mark.parametrize(
    "there_and_back",
    [
        (lambda ordering: ordering.swap(0, 1), lambda ordering: ordering.swap(0, 1)),
        (lambda ordering: ordering.repeat(1), lambda ordering: ordering.remove(2)),
        (lambda ordering: ordering.insert(0, 1), lambda ordering: ordering.remove(0)),
    ],
)
def test_edits_one_after_the_other_cancel_too(model, images, there_and_back):
    outputs = logits(model, images)
    for edit in there_and_back:
        model.set_ordering("digits", edit(model.ordering("digits")))
    np.testing.assert_allclose(logits(model, images), outputs, rtol=1e-6)


@pytest.mark.parametrize(
    ("edit", "norm_steps"),
    [
        (lambda ordering: ordering.repeat(1), [0, 1, 1, 2]),
        (lambda ordering: ordering.insert(2, 0), [0, 1, 2, 2]),
        (lambda ordering: ordering.insert(3, 0), [0, 1, 2, 2]),
        (lambda ordering: ordering.remove(1), [0, 2]),
        (lambda ordering: ordering.swap(0, 2), [2, 1, 0]),
        # With a plain list each step keeps its norms; steps beyond the last copy those of the last.
        (lambda ordering: [1, 1, 1, 1, 1], [0, 1, 2, 2, 2]),
        (lambda ordering: [1], [0]),
        (lambda ordering: [0, 1, 2], [0, 1, 2]),
    ],
)
def test_norms_follow(model, values, edit, norm_steps):
    before = norm_rows(model, values)
    ordering = edit(model.ordering("digits"))
    model.set_ordering("digits", ordering)
    after = norm_rows(model, values)
    assert after.keys() == before.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value[norm_steps], err_msg=name)
    assert model.ordering("digits").num_steps == len(norm_steps)


def test_removed_step_that_did_nothing_is_not_missed(model, images):
    # A block with zero kernels adds nothing, so that the step may go.
    for variable in model.bank.stacked_weights.values():
        kernels = ops.convert_to_numpy(variable).copy()
        kernels[0] = 0
        variable.assign(kernels)
    outputs = logits(model, images)
    model.set_ordering("digits", model.ordering("digits").remove(1))
    np.testing.assert_allclose(logits(model, images), outputs, rtol=1e-6)


def test_new_steps_leave_bank_head_and_other_tasks_alone(model, values):
    before = values(model)
    model.set_ordering("digits", [0, 1, 2, 0])
    after = values(model)
    assert list(after) == list(before)
    for name, value in before.items():
        if not name.startswith(("tasks/digits/norm/", "tasks/digits/ordering/")):
            np.testing.assert_array_equal(after[name], value, err_msg=name)
    assert model.task_names == ("digits", "letters")
    # Two 3x3 kernels for 3 blocks, 2x2x1 stem; per task 3 blocks in each step, two flags, two norms of 4 parts of 4
    # channels in each step, a norm of the head and its dense layer.
    shared = 3 * 2 * 9 * 16 + 4 * 4 + 4
    digits, letters = ((3 + 32) * steps + 2 + 16 + 5 * classes for steps, classes in ((4, 3), (3, 2)))
    assert (
        sum(int(np.prod(variable.shape)) for variable in model.named_variables().values()) == shared + digits + letters
    )


@pytest.mark.parametrize("blocks", [[0, 1, 2], [0, 1, 2, 0]])
def test_the_layers_of_a_task_stay_and_hold_the_new_ordering(model, blocks):
    digits, layers, router = model.task("digits"), model.task_layers["digits"], model.task_layers["digits"].router
    model.set_ordering("digits", blocks)
    assert model.task_layers["digits"] is layers
    assert (layers.router is router) == (len(blocks) == 3)
    assert any(variable is layers.router.logits for variable in digits.trainable_variables)


@pytest.mark.parametrize(
    ("ordering", "message"),
    [
        ([], r"`blocks` must be at least one step\. Received: \[\]"),
        ([0, 3], r"`block` must be a block of the bank, from 0 to 2\. Received: 3"),
        ([0, "1"], r"`block` must be a block of the bank, from 0 to 2\. Received: '1'"),
        (Ordering.from_blocks([0, 1, 2], 4), "`ordering` must be for a bank of 3 blocks"),
        # Made for a task of five steps: there are no norms of a fifth step here.
        (Ordering.from_blocks([0, 1, 2, 0, 1], 3), "`ordering` must be made from this task's 3 steps"),
    ],
)
def test_ordering_that_the_model_cannot_take(model, values, ordering, message):
    before = values(model)
    with pytest.raises(ValueError, match=message):
        model.set_ordering("digits", ordering)
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)
