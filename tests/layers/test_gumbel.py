import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers.gumbel import gumbel_noise, gumbel_softmax, one_hot_argmax

LOGITS = np.log(np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], "float32"))
PROBABILITIES = np.exp(LOGITS)


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def draw(temperature, noise, hard=False):
    return ops.convert_to_numpy(
        gumbel_softmax(ops.convert_to_tensor(LOGITS), temperature, ops.convert_to_tensor(noise), hard)
    )


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("temperature", [0.1, 1.0, 10.0])
def test_rows_sum_to_one_and_are_not_negative(temperature, hard):
    rows = draw(temperature, gumbel_noise(LOGITS.shape, seed=0), hard)
    np.testing.assert_allclose(rows.sum(axis=-1), [1, 1], atol=1e-6)
    assert rows.min() >= -1e-7


def test_without_noise_it_is_the_softmax_of_scaled_logits():
    # log(p) / 0.5 = 2 log(p), so the rows are p squared over their sum: 0.25, 0.09, 0.04 over 0.38.
    rows = draw(0.5, np.zeros_like(LOGITS))
    np.testing.assert_allclose(rows[0], np.array([0.25, 0.09, 0.04]) / 0.38, rtol=1e-5)
    np.testing.assert_allclose(rows, softmax(LOGITS / 0.5), rtol=1e-5)


def test_noise_is_added_to_the_logits():
    noise = np.array([[0.0, 2.0, 0.0], [3.0, 0.0, -1.0]], "float32")
    np.testing.assert_allclose(draw(2.0, noise), softmax((LOGITS + noise) / 2.0), rtol=1e-5)


def test_small_temperature_gives_one_hot_rows_at_the_largest_sum():
    noise = np.array([[0.0, 2.0, 0.0], [3.0, 0.0, -1.0]], "float32")
    # log p + noise: (-0.7, 0.8, -1.6) and (0.7, -2.3, -1.2).
    np.testing.assert_allclose(draw(1e-3, noise), [[0, 1, 0], [1, 0, 0]], atol=1e-6)


def test_large_temperature_gives_uniform_rows():
    np.testing.assert_allclose(draw(1e6, gumbel_noise(LOGITS.shape, seed=0)), np.full((2, 3), 1 / 3), atol=1e-4)


def test_straight_through_value_is_one_hot():
    noise = gumbel_noise(LOGITS.shape, seed=4)
    relaxed, hard = draw(1.0, noise), draw(1.0, noise, hard=True)
    np.testing.assert_allclose(hard, np.eye(3)[relaxed.argmax(axis=-1)], atol=1e-6)


class Draw(keras.layers.Layer):
    """The sum of a draw from its own logits, weighted so that no gradient is zero."""

    def __init__(self, hard):
        super().__init__()
        self.hard = hard

    def build(self, input_shape):
        self.logits = self.add_weight(
            shape=LOGITS.shape, initializer=lambda shape, dtype: ops.convert_to_tensor(LOGITS)
        )

    def call(self, x):
        rows = gumbel_softmax(self.logits, 0.7, ops.zeros(LOGITS.shape), self.hard)
        return x * ops.sum(rows * ops.convert_to_tensor([1.0, 2.0, 4.0]))


def gradient_step(hard):
    """How far SGD with a learning rate of one moves the logits, under the loss `prediction - 0`."""
    model = keras.Sequential([Draw(hard)])
    model.compile(keras.optimizers.SGD(1.0), loss=lambda y, prediction: prediction, run_eagerly=True)
    model.fit(np.ones((1, 1), "float32"), np.zeros((1, 1), "float32"), verbose=0)
    return LOGITS - ops.convert_to_numpy(model.layers[0].logits)


def test_straight_through_gradient_is_that_of_the_relaxed_draw():
    relaxed = gradient_step(hard=False)
    # d/dl_i of sum_j c_j s_j at temperature T: s_i (c_i - sum_j c_j s_j) / T.
    s, c = softmax(LOGITS / 0.7), np.array([1.0, 2.0, 4.0])
    np.testing.assert_allclose(relaxed, s * (c - (s * c).sum(-1, keepdims=True)) / 0.7, rtol=1e-4)
    np.testing.assert_allclose(gradient_step(hard=True), relaxed, rtol=1e-4)


def test_argmax_of_draws_follows_the_softmax_of_the_logits():
    draws = 20_000
    noise = ops.convert_to_numpy(gumbel_noise((draws, 3), seed=2))
    frequency = np.bincount((LOGITS[0] + noise).argmax(axis=-1), minlength=3) / draws
    # Standard error of a frequency: sqrt(0.5 * 0.5 / 20000) = 0.0035 at most; five of them.
    np.testing.assert_allclose(frequency, PROBABILITIES[0], atol=0.018)


def test_noise_is_standard_gumbel():
    noise = ops.convert_to_numpy(gumbel_noise((20_000,), seed=6))
    # Mean: Euler's constant. Variance: pi^2 / 6 = 1.645. Standard errors 0.009 and 0.024; five of each.
    assert noise.mean() == pytest.approx(0.5772, abs=0.045)
    assert noise.var() == pytest.approx(np.pi**2 / 6, abs=0.12)
    assert noise.dtype == "float32"
    assert np.isfinite(noise).all()


def test_noise_of_equal_seeds_is_equal_and_of_calls_differs():
    generator = keras.random.SeedGenerator(9)
    first, second = (ops.convert_to_numpy(gumbel_noise((3, 4), generator)) for _ in range(2))
    again = ops.convert_to_numpy(gumbel_noise((3, 4), keras.random.SeedGenerator(9)))
    assert (first != second).all()
    np.testing.assert_array_equal(first, again)


def test_one_hot_argmax_gives_ties_to_the_first():
    rows = one_hot_argmax(ops.convert_to_tensor([[1.0, 3.0, 2.0], [2.0, 2.0, 0.0]]))
    np.testing.assert_array_equal(ops.convert_to_numpy(rows), [[0, 1, 0], [1, 0, 0]])
