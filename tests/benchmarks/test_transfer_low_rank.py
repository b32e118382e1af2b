import keras
import numpy as np
import pytest

from benchmarks.transfer.low_rank import LowRankTask


@pytest.fixture
def changed(make_model):
    model = make_model(compiled=False)
    model.set_ordering("digits", [0, 1, 1])
    return model, LowRankTask(model, "digits", "conv1/kernel", rank=1)


def logits(model, images):
    return keras.ops.convert_to_numpy(model(images, training=False))


def test_kernels_of_low_rank_start_as_the_bank_is_and_merge_into_it(changed, images):
    model, low_rank = changed
    task = model.task("digits")
    np.testing.assert_allclose(logits(low_rank, images), logits(task, images), atol=1e-5)
    low_rank.up.assign(np.ones(low_rank.up.shape, "float32"))
    moved = logits(low_rank, images)
    assert np.abs(moved - logits(task, images)).max() > 1e-3
    low_rank.merge()
    np.testing.assert_allclose(logits(task, images), moved, atol=1e-4)


def test_only_the_matrices_and_the_head_train(changed):
    model, low_rank = changed
    trained = {id(variable) for variable in low_rank.trainable_variables}
    head = model.task_layers["digits"].head.trainable_variables
    assert trained == {id(variable) for variable in (low_rank.down, low_rank.up, *head)}
    assert low_rank.trained_parameters == sum(np.prod(variable.shape) for variable in low_rank.trainable_variables)


def test_a_block_that_the_ordering_leaves_out_has_no_matrices_and_stays_as_it_is(changed):
    model, low_rank = changed
    before = keras.ops.convert_to_numpy(model.bank.stacked_weights["conv1/kernel"]).copy()
    low_rank.up.assign(np.ones(low_rank.up.shape, "float32"))
    low_rank.merge()
    moved = keras.ops.convert_to_numpy(model.bank.stacked_weights["conv1/kernel"]) != before
    assert moved.any(axis=(1, 2, 3, 4)).tolist() == [True, True, False]
    assert low_rank.down.shape[0] == low_rank.up.shape[0] == 2
