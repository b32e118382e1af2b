import math

import numpy as np
import pytest

from keras_modnet.adaptation.heads.leave_one_out import leave_one_out_error
from keras_modnet.adaptation.heads.ridge import Ridge

# Classes and images of each: one or many images a class.
SIZES = [(2, 1), (3, 1), (2, 3), (5, 4)]
SHARE = 1e-2


def drawn(num_classes, each, channels):
    features = np.random.default_rng(0).normal(size=(num_classes * each, channels))
    return features * np.arange(1, channels + 1), np.tile(np.arange(num_classes), each)


def solved(features, targets, share):
    """Ridge regression by its normal equations, as a function that predicts."""
    mean = features.mean(axis=0)
    centred = features - mean
    penalty = share * np.trace(centred.T @ centred) / features.shape[1]
    gram = centred.T @ centred + penalty * np.eye(features.shape[1])
    # A single image has no spread and no penalty; pinv gives it no coefficients.
    kernel = np.linalg.pinv(gram) @ centred.T @ targets
    return lambda others: targets.mean(axis=0) + (others - mean) @ kernel


def refitted(features, labels, num_classes, share):
    """What a regression without an image predicts for it, image by image."""
    targets, rest = np.eye(num_classes)[labels], ~np.eye(len(labels), dtype=bool)
    return np.stack([solved(features[rest[i]], targets[rest[i]], share)(features[i]) for i in range(len(labels))])


def left_out(ridge):
    return ridge.targets - ridge.residuals


def predicted(ridge, features):
    kernel, bias = ridge.kernel_and_bias()
    return features @ kernel + bias


@pytest.mark.parametrize("channels", [1, 3, 32])
@pytest.mark.parametrize(("num_classes", "each"), SIZES)
def test_each_image_is_predicted_as_by_a_refit_without_it(num_classes, each, channels):
    features, labels = drawn(num_classes, each, channels)
    found = left_out(Ridge(features, labels, num_classes, SHARE))
    np.testing.assert_allclose(found, refitted(features, labels, num_classes, SHARE), atol=1e-8)


@pytest.mark.parametrize(("num_classes", "each"), SIZES)
def test_the_regression_is_its_own_refit(num_classes, each):
    features, labels = drawn(num_classes, each, 8)
    found = left_out(Ridge(features, labels, num_classes, SHARE))
    for i in range(len(labels)):
        rest = Ridge(np.delete(features, i, axis=0), np.delete(labels, i), num_classes, SHARE)
        np.testing.assert_allclose(found[i], predicted(rest, features[i]), atol=1e-8)


@pytest.mark.parametrize("channels", [3, 32])
def test_kernel_and_bias_are_those_of_the_normal_equations(channels):
    features, labels = drawn(5, 4, channels)
    found = predicted(Ridge(features, labels, 5, SHARE), features)
    np.testing.assert_allclose(found, solved(features, np.eye(5)[labels], SHARE)(features), atol=1e-8)


def test_twins_and_dead_channels_are_predicted_as_by_a_refit():
    features, labels = drawn(2, 3, 32)
    features[1], features[:, 5] = features[0], 0
    np.testing.assert_allclose(
        left_out(Ridge(features, labels, 2, SHARE)), refitted(features, labels, 2, SHARE), atol=1e-8
    )


def test_another_share_is_another_regression():
    features, labels = drawn(3, 4, 5)
    weak = Ridge(features, labels, 3, SHARE)
    strong, expected = weak.with_share(1.0), Ridge(features, labels, 3, 1.0)
    np.testing.assert_array_equal(strong.residuals, expected.residuals)
    np.testing.assert_array_equal(strong.kernel_and_bias()[0], expected.kernel_and_bias()[0])
    np.testing.assert_array_equal(weak.residuals, Ridge(features, labels, 3, SHARE).residuals)


@pytest.mark.parametrize("channels", [3, 32])
@pytest.mark.parametrize(("factor", "offset"), [(1, 1e3), (1e-4, 0), (1e4, -1)])
def test_neither_unit_nor_origin_of_features_changes_a_prediction(channels, factor, offset):
    features, labels = drawn(3, 4, channels)
    before, changed = Ridge(features, labels, 3, SHARE), factor * features + offset
    after = Ridge(changed, labels, 3, SHARE)
    np.testing.assert_allclose(after.residuals, before.residuals, atol=1e-8)
    np.testing.assert_allclose(predicted(after, changed), predicted(before, features), atol=1e-8)


def test_mean_prediction_is_the_class_shares_however_strong_the_shrinkage():
    features, labels = drawn(2, 3, 4)
    labels[0] = 1
    found = predicted(Ridge(features, labels, 2, 100.0), features).mean(axis=0)
    np.testing.assert_allclose(found, [2 / 6, 4 / 6], atol=1e-12)


@pytest.mark.parametrize("value", [0, 0.1, 1e6])
def test_constant_features_leave_the_class_shares(value):
    features, labels = np.full((3, 4), value), [0, 0, 1]
    ridge = Ridge(features, labels, 3, SHARE)
    np.testing.assert_allclose(predicted(ridge, features), [[2 / 3, 1 / 3, 0]] * 3, atol=1e-12)
    np.testing.assert_allclose(left_out(ridge), [[1 / 2, 1 / 2, 0], [1 / 2, 1 / 2, 0], [1, 0, 0]], atol=1e-12)


def test_one_image_is_its_class_and_without_it_nothing_is_known():
    ridge = Ridge([[1.0, 2.0]], [1], 3, SHARE)
    np.testing.assert_array_equal(predicted(ridge, [[5.0, 6.0]]), [[0, 1, 0]])
    np.testing.assert_array_equal(left_out(ridge), [[0, 0, 0]])


def test_a_class_without_images_is_never_predicted():
    features, labels = drawn(2, 3, 4)
    ridge = Ridge(features, labels, 3, SHARE)
    np.testing.assert_allclose(left_out(ridge)[:, 2], 0, atol=1e-12)
    np.testing.assert_allclose(predicted(ridge, features)[:, 2], 0, atol=1e-12)


@pytest.mark.parametrize(
    ("features", "share", "message"),
    [
        (np.ones(3), 1, r"`features` must be of shape \(n, channels\) with at least one image. Received: \(3,\)"),
        (np.ones((0, 3)), 1, r"`features` must be of shape \(n, channels\) with at least one image"),
        ([[np.nan]], 1, "`features` must be finite"),
        ([[1.0]], 0, "`share` must be positive. Received: 0"),
    ],
)
def test_what_no_regression_takes_is_refused(features, share, message):
    with pytest.raises(ValueError, match=message):
        Ridge(features, np.zeros(len(features), int), 1, share)


def test_the_error_is_that_of_refits():
    features, labels = drawn(3, 4, 5)
    wrong = np.eye(3)[labels] - refitted(features, labels, 3, SHARE)
    assert leave_one_out_error(features, labels, 3) == pytest.approx(np.mean(np.sum(wrong**2, axis=1)), rel=1e-9)


def test_separated_classes_have_less_error_than_noise():
    labels = np.arange(60) % 2
    noise = np.random.default_rng(0).normal(size=(60, 4))
    assert leave_one_out_error(noise + 10 * labels[:, None], labels, 2) < 0.1
    # Two equal classes known by their shares alone: 1 - 2 * 0.5 ** 2, and a little more for what noise pretends.
    assert 0.5 < leave_one_out_error(noise, labels, 2) < 0.65


def test_one_image_a_class_says_nothing_about_the_classes():
    # Far apart, but no regression without an image has seen its class: all of the rest share the prediction.
    assert leave_one_out_error(100 * np.eye(2), [0, 1], 2) == pytest.approx(2)


def test_features_that_are_not_finite_are_the_worst():
    assert leave_one_out_error([[np.inf, 1], [0, 1]], [0, 1], 2) == math.inf
