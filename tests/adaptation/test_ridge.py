import numpy as np
import pytest

from keras_modnet.adaptation.head_start import SCALES, STRENGTHS, ridge_head
from keras_modnet.adaptation.ridge import fit_ridge


@pytest.fixture
def generator():
    return np.random.default_rng(0)


def test_kernel_and_bias_give_the_least_squares_for_features_as_they_come(generator):
    features, labels = generator.normal(3.0, 2.0, (40, 3)), np.arange(40) % 2
    fit = fit_ridge(features, labels, 2, strength=1e-9)
    design = np.concatenate([features, np.ones((40, 1))], axis=1)
    expected = np.linalg.lstsq(design, np.eye(2)[labels], rcond=None)[0]
    np.testing.assert_allclose(fit.kernel, expected[:-1], rtol=1e-4)
    np.testing.assert_allclose(fit.bias, expected[-1], rtol=1e-4)


def test_a_strong_ridge_leaves_the_class_shares(generator):
    fit = fit_ridge(generator.normal(size=(40, 3)), np.arange(40) % 4 // 3, 2, strength=1e9)
    np.testing.assert_allclose(fit.bias, [0.75, 0.25], atol=1e-6)
    # Without an image of a class its share is that among the other images.
    np.testing.assert_allclose(fit.left_out[0], [29 / 39, 10 / 39], atol=1e-6)


def test_an_image_left_out_says_nothing_of_itself(generator):
    # Noise with as many channels as images is learned by heart, and no better than noise for an image left out.
    features, labels = generator.normal(size=(40, 40)), np.arange(40) % 2
    fit = fit_ridge(features, labels, 2, strength=1e-3)
    assert ((features @ fit.kernel + fit.bias).argmax(1) == labels).all()
    assert (fit.left_out.argmax(1) == labels).mean() < 0.75


def test_few_images_of_many_channels_take_a_strong_ridge(generator):
    """Five images a class, one weak signal in each of many channels: the class means are what can be known."""
    centres = generator.normal(size=(3, 200))

    def draw(each):
        labels = np.repeat(np.arange(3), each)
        return centres[labels] + 6 * generator.normal(size=(len(labels), 200)), labels

    features, labels = draw(5)
    kernel, bias = ridge_head(features, labels, 3)
    others, truth = draw(200)
    right = ((others @ kernel + bias).argmax(1) == truth).mean()
    weak = fit_ridge(features, labels, 3, min(STRENGTHS))
    assert right > 0.5
    assert right >= ((others @ weak.kernel + weak.bias).argmax(1) == truth).mean()


def test_logits_are_large_where_classes_are_apart_and_small_where_they_are_not(generator):
    labels = np.arange(60) % 2
    noise = generator.normal(size=(60, 3))
    apart = noise + 5 * labels[:, None]

    def spread(features):
        kernel, bias = ridge_head(features, labels, 2)
        logits = features @ kernel + bias
        return np.abs(logits[:, 0] - logits[:, 1]).mean()

    assert 3 < spread(apart) < 30
    assert spread(noise) < 1
    assert min(SCALES) == 1.0


def test_missing_classes_have_logits_of_zero(generator):
    features, labels = generator.normal(size=(12, 3)), np.arange(12) % 2 * 2
    kernel, bias = ridge_head(features, labels, 5)
    assert kernel.shape == (3, 5)
    for missing in (1, 3, 4):
        np.testing.assert_allclose([*kernel[:, missing], bias[missing]], 0.0, atol=1e-12)


@pytest.mark.parametrize("labels", [[0, 0], [0, 1], [1, 1, 1, 0]])
def test_a_handful_of_images_gives_finite_logits(generator, labels):
    kernel, bias = ridge_head(np.maximum(generator.normal(size=(len(labels), 6)), 0), np.array(labels), 2)
    assert np.isfinite(kernel).all()
    assert np.isfinite(bias).all()
