import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import StepNorms
from keras_modnet.layers.norms import num_groups

generator = np.random.default_rng(3)
X = generator.normal(1.0, 2.0, (4, 2, 2, 12)).astype("float32")
NEXT_X = generator.normal(-1.0, 3.0, (4, 2, 2, 12)).astype("float32")
SCALE, OFFSET = (generator.uniform(0.5, 2, (1, 12)).astype("float32") for _ in range(2))


def make_norms(norm="batch", num_steps=1, **arguments):
    norms = StepNorms(num_steps, {"one": 12}, norm, **arguments)
    norms.build()
    return norms


def named(norms):
    return {name: ops.convert_to_numpy(variable) for name, variable in norms.variables_by_name().items()}


def close(actual, desired):
    np.testing.assert_allclose(ops.convert_to_numpy(actual), ops.convert_to_numpy(desired), rtol=1e-4, atol=1e-5)


def with_affine(norms, keras_norm):
    """Gives both the same scale and offset, not those of the start."""
    keras_norm.build(X.shape)
    norms.variables_by_name()["one/scale"].assign(SCALE)
    norms.variables_by_name()["one/offset"].assign(OFFSET)
    keras_norm.gamma.assign(SCALE[0])
    keras_norm.beta.assign(OFFSET[0])
    return norms, keras_norm


@pytest.mark.parametrize("momentum", [0.9, 0.5])
def test_one_step_of_batch_norm_equals_keras(momentum):
    norms, keras_norm = with_affine(
        make_norms(momentum=momentum), keras.layers.BatchNormalization(momentum=momentum, epsilon=1e-3)
    )
    for x in (X, NEXT_X):
        close(norms(x, training=True), keras_norm(x, training=True))
        close(named(norms)["one/mean"][0], keras_norm.moving_mean)
        close(named(norms)["one/variance"][0], keras_norm.moving_variance)
    close(norms(X, training=False), keras_norm(X, training=False))
    close(norms(X), keras_norm(X))


def test_moving_statistics_are_momentum_of_the_old_and_the_rest_of_the_batch():
    norms = make_norms(momentum=0.75)
    norms(X, training=True)
    # From 0 and 1 at the start: 0.25 mean, and 0.75 + 0.25 variance.
    close(named(norms)["one/mean"][0], 0.25 * X.mean(axis=(0, 1, 2)))
    close(named(norms)["one/variance"][0], 0.75 + 0.25 * X.var(axis=(0, 1, 2)))


def test_inference_changes_no_statistics():
    norms = make_norms()
    before = named(norms)
    norms(X)
    norms(X, training=False)
    for name, value in named(norms).items():
        np.testing.assert_array_equal(value, before[name])


def test_group_norm_equals_keras():
    # gcd(12 / 2, 8) = 2 groups of 6 channels.
    norms, keras_norm = with_affine(make_norms("group"), keras.layers.GroupNormalization(groups=2, epsilon=1e-3))
    close(norms(X, training=True), keras_norm(X))
    close(norms(X), keras_norm(X))


@pytest.mark.parametrize(("channels", "groups"), [(1, 1), (2, 1), (4, 2), (8, 4), (9, 1), (12, 2), (16, 8), (64, 8)])
def test_a_group_has_more_than_one_channel_where_there_are_two(channels, groups):
    assert num_groups(channels) == groups


def test_layer_norm_equals_keras():
    norms, keras_norm = with_affine(make_norms("layer"), keras.layers.LayerNormalization(epsilon=1e-3))
    close(norms(X, training=True), keras_norm(X))
    close(norms(X), keras_norm(X))


def test_epsilon_is_used():
    # Variance 0 at inference of zeros with variance 1: x / sqrt(1 + 3) = x / 2.
    close(make_norms(epsilon=3.0)(X), X / 2)


def test_statistics_of_a_step_do_not_leak_into_another():
    norms = make_norms(num_steps=3)
    norms(X, step=1, training=True)
    values = named(norms)
    np.testing.assert_array_equal(values["one/mean"][[0, 2]], np.zeros((2, 12)))
    np.testing.assert_array_equal(values["one/variance"][[0, 2]], np.ones((2, 12)))
    close(values["one/mean"][1], 0.1 * X.mean(axis=(0, 1, 2)))


def test_steps_and_places_have_their_own_scale():
    norms = StepNorms(2, {"one": 12, "two": 12}, "layer")
    norms.build()
    norms.variables_by_name()["two/scale"].assign(np.stack([np.full(12, 2.0), np.full(12, 5.0)]))
    plain = ops.convert_to_numpy(norms(X, place="one", step=1))
    close(norms(X), plain)
    close(norms(X, place="two", step=0), 2 * plain)
    close(norms(X, place="two", step=1), 5 * plain)


def test_a_pass_over_several_steps_gathers_each_of_them():
    norms = make_norms(num_steps=2, momentum=0.0)
    normalizer = norms.begin(training=True)
    for step, x in enumerate((X, NEXT_X)):
        normalizer.step(step).apply("one", ops.convert_to_tensor(x), None)
    np.testing.assert_array_equal(named(norms)["one/mean"], np.zeros((2, 12)))
    normalizer.finish()
    # Momentum 0 keeps nothing of the start.
    close(named(norms)["one/mean"], np.stack([X.mean(axis=(0, 1, 2)), NEXT_X.mean(axis=(0, 1, 2))]))
    close(named(norms)["one/variance"], np.stack([X.var(axis=(0, 1, 2)), NEXT_X.var(axis=(0, 1, 2))]))


@pytest.mark.parametrize(("affine", "statistics"), [(True, False), (False, True), (False, False), (True, True)])
def test_what_follows_the_data_is_configured_apart(affine, statistics):
    norms = make_norms()
    norms.configure(affine=affine, statistics=statistics)
    assert (norms.affine_trains, norms.live_statistics) == (affine, statistics)
    assert len(norms.trainable_variables) == (2 if affine else 0)
    before = named(norms)
    output = norms(X, training=True)
    moved = any((named(norms)[name] != before[name]).any() for name in ("one/mean", "one/variance"))
    assert moved == statistics
    # Without live statistics training uses those of the start, 0 and 1.
    expected = (X - X.mean(axis=(0, 1, 2))) / np.sqrt(X.var(axis=(0, 1, 2)) + 1e-3) if statistics else X / 1.001**0.5
    close(output, expected)


def test_frozen_layer_uses_moving_statistics():
    norms = make_norms()
    norms.trainable = False
    close(norms(X, training=True), X / np.sqrt(1.001))
    np.testing.assert_array_equal(named(norms)["one/mean"], np.zeros((1, 12)))
    assert (norms.affine_trains, norms.live_statistics) == (False, False)


def test_statistics_of_half_precision_features_are_float32():
    norms = make_norms(dtype="mixed_bfloat16", momentum=0.0)
    x = np.full((2, 2, 2, 12), 256.0, "float32")
    # The squares of 256 and 258 differ by 1028, which a bfloat16 sum of eight of them does not hold.
    x[1] = 258.0
    norms(x, training=True)
    np.testing.assert_allclose(named(norms)["one/mean"], np.full((1, 12), 257.0))
    np.testing.assert_allclose(named(norms)["one/variance"], np.ones((1, 12)), rtol=1e-3)


def test_take_and_assign_rows():
    norms, other = make_norms("layer", num_steps=3), make_norms("layer", num_steps=2)
    norms.variables_by_name()["one/scale"].assign(np.arange(3.0)[:, None] * np.ones((3, 12)))
    other.assign_rows(norms.take_steps([2, 2]))
    np.testing.assert_array_equal(named(other)["one/scale"], np.full((2, 12), 2.0))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, {"one": 4}), "`num_steps` must be a whole number of at least 1. Received: 0"),
        ((2, {"one": 4}, "instance"), "`norm` must be one of 'batch', 'group', 'layer'. Received: 'instance'"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        StepNorms(*arguments)
