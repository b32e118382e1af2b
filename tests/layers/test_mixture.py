import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import BlockBank, FixedRouter, MixtureRouter, OrderedSteps


def test_rows_start_random_with_unit_length():
    router = MixtureRouter(5, 3, seed=1)
    rows = ops.convert_to_numpy(router())
    np.testing.assert_allclose(np.linalg.norm(rows, axis=-1), np.ones(5), rtol=1e-5)
    assert (rows < 0).any()
    assert len(np.unique(rows)) == 15


def test_one_hot_coefficients_are_a_fixed_ordering():
    bank = BlockBank(2)
    mixture, fixed = MixtureRouter(3, 2), FixedRouter((1, 0, 1), 2)
    x = np.random.default_rng(0).normal(size=(2, 4, 4, 4)).astype("float32")
    mixed, picked = OrderedSteps(bank, mixture, "layer"), OrderedSteps(bank, fixed, "layer")
    mixed(x)
    mixture.coefficients.assign([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(ops.convert_to_numpy(mixed(x)), ops.convert_to_numpy(picked(x)), atol=1e-6)


def test_coefficients_learn_and_may_turn_negative():
    # The target is minus the block: no ordering reaches it, a mixture does.
    router = MixtureRouter(1, 2, seed=1)
    inputs = keras.Input((1,))
    model = keras.Model(inputs, ops.sum(router(inputs) * ops.convert_to_tensor([[1.0, 0.0]])) * inputs)
    model.compile(keras.optimizers.SGD(0.5), "mse", run_eagerly=True)
    ones = np.ones((4, 1), "float32")
    model.fit(ones, -ones, epochs=20, verbose=0)
    assert float(ops.convert_to_numpy(router.coefficients)[0, 0]) == pytest.approx(-1.0, abs=1e-3)


def test_rows_sum_to_one_where_asked_whatever_their_signs():
    router = MixtureRouter(2, 3, sum_to_one=True, multiplier=4.0, seed=1)
    np.testing.assert_allclose(ops.convert_to_numpy(router()).sum(-1), [1, 1], rtol=1e-5)
    weights = np.array([[2.0, -1.5, 0.5], [0.25, 0.25, 0.5]], "float32")
    router.set_weights_now(weights)
    np.testing.assert_allclose(router.weights_now(), weights, atol=1e-6)
    np.testing.assert_allclose(ops.convert_to_numpy(router.coefficients), weights / 4, atol=1e-6)


@pytest.mark.parametrize(("steps", "blocks", "argument"), [(0, 2, "num_steps"), (2, 0, "num_blocks")])
def test_a_count_under_one_is_refused(steps, blocks, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        MixtureRouter(steps, blocks)


def test_a_multiplier_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="`multiplier` must be a positive number"):
        MixtureRouter(2, 2, multiplier=0.0)
