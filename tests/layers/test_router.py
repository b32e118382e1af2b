import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import FixedRouter, GumbelRouter

LOGITS = [[0.0, 1.0, 0.5], [2.0, 0.0, 0.0]]
MODE = [[0, 1, 0], [1, 0, 0]]


def make_router(logits=LOGITS, seed=1, **arguments):
    router = GumbelRouter(2, 3, seed=seed, **arguments)
    router.build()
    router.logits.assign(np.array(logits, "float32"))
    return router


def array(tensor):
    return ops.convert_to_numpy(tensor)


def test_inference_gives_the_mode_without_noise():
    router = make_router()
    np.testing.assert_array_equal(array(router()), MODE)
    np.testing.assert_array_equal(array(router(training=False)), MODE)


def test_training_draws_anew_at_every_call():
    router = make_router()
    first, second = array(router(training=True)), array(router(training=True))
    assert (first != second).all()
    np.testing.assert_allclose(first.sum(axis=-1), [1, 1], atol=1e-6)


def test_equal_seeds_draw_equally_and_unequal_ones_do_not():
    first, second, other = (array(make_router(seed=seed)(training=True)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert (first != other).all()


def test_straight_through_draws_are_one_hot_and_vary():
    router = make_router([[0.0, 0.0, 0.0]] * 2, straight_through=True)
    draws = [array(router(training=True)) for _ in range(12)]
    for rows in draws:
        np.testing.assert_allclose(np.sort(rows, axis=-1), [[0, 0, 1]] * 2, atol=1e-6)
    # Twelve equal draws from three blocks: 3 ** -11.
    assert len({tuple(rows.argmax(axis=-1)) for rows in draws}) > 1


def test_temperature_is_a_variable_that_takes_effect_at_once():
    router = make_router(temperature=100.0)
    assert float(array(router.current_temperature)) == 100.0
    np.testing.assert_allclose(array(router(training=True)), np.full((2, 3), 1 / 3), atol=0.03)
    router.current_temperature.assign(1e-3)
    np.testing.assert_allclose(array(router(training=True)).max(axis=-1), [1, 1], atol=1e-3)


def test_frozen_router_gives_the_mode_and_leaves_its_seed_alone():
    router = make_router()
    router.trainable = False
    state = array(router.seed_generator.state).copy()
    np.testing.assert_array_equal(array(router(training=True)), MODE)
    np.testing.assert_array_equal(array(router.seed_generator.state), state)
    router.trainable = True
    assert (array(router(training=True)) != MODE).any()


def test_hardened_router_draws_no_more():
    router = make_router()
    router.harden()
    np.testing.assert_array_equal(router.weights_now(), MODE)
    for _ in range(3):
        np.testing.assert_array_equal(array(router(training=True)), MODE)


def test_weights_now_of_a_router_that_draws_is_the_softmax():
    # Row 2: e^2 / (e^2 + 2) = 7.389 / 9.389.
    router = make_router()
    assert router.weights_now()[1, 0] == pytest.approx(7.389056 / 9.389056, rel=1e-5)
    np.testing.assert_allclose(router.weights_now().sum(axis=-1), [1, 1], atol=1e-6)


def test_soft_weights_come_back_and_the_router_draws():
    weights = np.array([[0.2, 0.3, 0.5], [0.6, 0.4, 0.0]], "float32")
    router = make_router()
    router.harden()
    router.set_weights_now(weights)
    np.testing.assert_allclose(router.weights_now(), weights, atol=1e-6)
    assert (array(router(training=True)) != array(router(training=True))).any()


def test_hard_weights_harden():
    router = make_router()
    router.set_weights_now(np.array([[0, 0, 1], [0, 1, 0]]))
    np.testing.assert_array_equal(array(router(training=True)), [[0, 0, 1], [0, 1, 0]])
    np.testing.assert_array_equal(router.weights_now(), [[0, 0, 1], [0, 1, 0]])


def test_soften_starts_from_equal_probabilities():
    router = make_router()
    router.harden()
    router.soften()
    np.testing.assert_allclose(router.weights_now(), np.full((2, 3), 1 / 3), atol=1e-6)
    assert (array(router(training=True)) != array(router(training=True))).any()


def test_soften_with_confidence_keeps_the_blocks():
    router = make_router()
    router.harden()
    router.soften(confidence=0.8)
    # The others share what is left: 0.2 / 2.
    np.testing.assert_allclose(router.weights_now(), [[0.1, 0.8, 0.1], [0.8, 0.1, 0.1]], atol=1e-6)


def test_the_least_confidence_is_equal_probabilities():
    router = make_router()
    router.soften(confidence=1 / 3)
    np.testing.assert_allclose(router.weights_now(), np.full((2, 3), 1 / 3), atol=1e-6)


@pytest.mark.parametrize("confidence", [0.3, 1.0, 1.5])
def test_soften_refuses_a_confidence_outside_its_range(confidence):
    with pytest.raises(ValueError, match=r"`confidence` must be from 0\.333 to under 1\. Received"):
        make_router().soften(confidence)


def test_saved_router_goes_on_with_the_draws_to_come(tmp_path):
    def functional(router):
        x = keras.Input((4,))
        return keras.Model(x, router(x))

    x = np.zeros((1, 4), "float32")
    model, other = functional(GumbelRouter(2, 3, seed=1)), functional(GumbelRouter(2, 3, seed=2))
    model(x, training=True)
    model.save_weights(tmp_path / "router.weights.h5")
    other.load_weights(tmp_path / "router.weights.h5")
    np.testing.assert_array_equal(array(other(x, training=True)), array(model(x, training=True)))


def test_logits_multiplier_scales_the_variable_into_logits():
    # The variable is a fifth of the logits; what the router gives is that of the logits.
    router, plain = make_router(np.array(LOGITS) / 5, logits_multiplier=5.0), make_router()
    np.testing.assert_allclose(router.weights_now(), plain.weights_now(), rtol=1e-5)
    np.testing.assert_allclose(array(router(training=True)), array(plain(training=True)), rtol=1e-4)
    router.set_weights_now(plain.weights_now())
    np.testing.assert_allclose(router.weights_now(), plain.weights_now(), rtol=1e-5)
    router.harden()
    router.soften(confidence=0.8)
    np.testing.assert_allclose(router.weights_now(), [[0.1, 0.8, 0.1], [0.8, 0.1, 0.1]], atol=1e-6)


def test_ordering_is_float32_under_half_precision():
    router = make_router(dtype="mixed_bfloat16")
    assert keras.backend.standardize_dtype(router(training=True).dtype) == "float32"
    # 1.0 and 1.001 are one number in bfloat16.
    router.logits.assign(np.array([[1.0, 1.001, 0.0], [0.0, 1.0, 1.001]], "float32"))
    np.testing.assert_array_equal(array(router()), [[0, 1, 0], [0, 0, 1]])


@pytest.mark.parametrize("training", [False, True])
def test_fixed_router_always_gives_its_blocks(training):
    router = FixedRouter((2, 0, 2), 3)
    x = keras.Input((4,))
    rows = keras.Model(x, router(x))(np.zeros((1, 4), "float32"), training=training)
    np.testing.assert_array_equal(array(rows), [[0, 0, 1], [1, 0, 0], [0, 0, 1]])
    assert router.num_steps == 3
    assert router.variables == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GumbelRouter(0, 3), "`num_steps` must be a whole number of at least 1. Received: 0"),
        (lambda: GumbelRouter(2, 0), "`num_blocks` must be a whole number of at least 1. Received: 0"),
        (lambda: GumbelRouter(2, 2.0), "`num_blocks` must be a whole number of at least 1. Received: 2.0"),
        (lambda: GumbelRouter(2, 3, temperature=0), "`temperature` must be a positive number. Received: 0"),
        (lambda: GumbelRouter(2, 3, logits_multiplier=0), "`logits_multiplier` must be a positive number. Received: 0"),
        (lambda: FixedRouter((), 3), r"`blocks` must be at least one step. Received: \(\)"),
        (lambda: FixedRouter((0, 3), 3), r"`blocks` must be blocks from 0 to 2. Received: \[0, 3\]"),
        (lambda: FixedRouter((0, -1), 3), r"`blocks` must be blocks from 0 to 2. Received: \[0, -1\]"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
