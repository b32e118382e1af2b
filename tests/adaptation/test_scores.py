import numpy as np
import pytest

from keras_modnet.adaptation.scores import RIDGE, leave_one_out_error


def direct(features, labels, num_classes):
    """The same by its definition: a regression without each image in turn, on features standardized with it."""
    scaled = (features - features.mean(axis=0)) / (features.std(axis=0) + 1e-6)
    design = np.concatenate([scaled, np.ones((len(scaled), 1))], axis=1)
    targets, errors = np.eye(num_classes)[labels], []
    for left_out in range(len(design)):
        kept = np.arange(len(design)) != left_out
        gram = design[kept].T @ design[kept] + RIDGE * len(design) * np.eye(design.shape[1])
        weights = np.linalg.solve(gram, design[kept].T @ targets[kept])
        errors.append(np.sum((targets[left_out] - design[left_out] @ weights) ** 2))
    return np.mean(errors)


def test_the_closed_form_is_leaving_out_each_image_in_turn():
    generator = np.random.default_rng(0)
    features, labels = generator.normal(size=(12, 3)), np.arange(12) % 3
    assert leave_one_out_error(features, labels, 3) == pytest.approx(direct(features, labels, 3), rel=1e-9)


def test_separated_classes_have_less_error_than_noise():
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 2
    noise = generator.normal(size=(60, 4))
    separated = noise + 10 * labels[:, None]
    assert leave_one_out_error(separated, labels, 2) < 0.1
    # Two equal classes known by their shares alone: 1 - 2 * 0.5 ** 2, and a little more for what noise pretends.
    assert 0.5 < leave_one_out_error(noise, labels, 2) < 0.65


def test_more_channels_than_images_and_dead_channels_can_be_scored():
    generator = np.random.default_rng(0)
    features = np.concatenate([generator.normal(size=(6, 20)), np.zeros((6, 2))], axis=1)
    assert np.isfinite(leave_one_out_error(features, np.arange(6) % 2, 2))
