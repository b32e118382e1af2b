import numpy as np
import pytest

import keras_modnet
from keras_modnet.adaptation.heads.closed_form import pooled_features, ridge_head
from keras_modnet.data.reading import first_images
from keras_modnet.layers.values import value_of

# Training that moves nothing: what is left is the start.
STILL = {"epochs": 1, "learning_rate": 1e-12, "verbose": 0, "batch_size": 8}


@pytest.fixture
def model(make_model):
    model = make_model(compiled=False, tasks={"digits": 3})
    model.set_ordering("digits", [0, 1, 2])
    return model


@pytest.fixture
def data():
    labels = np.arange(24) % 3
    images = np.random.default_rng(0).uniform(0, 40, (24, 4, 4, 1)) + 90 * labels[:, None, None, None]
    return images.astype("uint8"), labels


def accuracy(model, data):
    return (model.predict(data[0], verbose=0).argmax(-1) == data[1]).mean()


def head(model):
    dense = model.task_layers["digits"].head.dense
    return value_of(dense.kernel), value_of(dense.bias)


def probabilities(logits):
    likely = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return likely / likely.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("parts", [("head",), ("statistics", "head"), ("ordering", "norm", "head"), ("head", "bank")])
def test_a_fresh_head_is_right_before_it_trains(model, data, parts):
    assert accuracy(model, data) < 0.6
    # In one batch, so that the statistics at the end are those at the start, whatever the order of the images.
    keras_modnet.adapt_task(model, "digits", data, parts=parts, **STILL | {"batch_size": 24})
    assert accuracy(model, data) == 1.0


def test_the_start_is_the_closed_form_on_the_features_that_the_head_will_see(model, data):
    # In one batch, so that the statistics at the end are those at the start.
    keras_modnet.adapt_task(model, "digits", data, parts=("statistics", "head"), **STILL | {"batch_size": 24})
    expected = ridge_head(pooled_features(model, "digits", data[0]), data[1], 3)
    for value, closed in zip(head(model), expected, strict=True):
        np.testing.assert_allclose(value, closed, rtol=1e-3, atol=1e-4)


def test_a_head_that_has_learned_stays_unless_it_is_told(model, data):
    keras_modnet.adapt_task(model, "digits", data, parts=("head",), **STILL)
    other = (data[0], (data[1] + 1) % 3)
    before = head(model)
    keras_modnet.adapt_task(model, "digits", other, parts=("head",), **STILL)
    for value, former in zip(head(model), before, strict=True):
        np.testing.assert_allclose(value, former, atol=1e-6)
    keras_modnet.adapt_task(model, "digits", other, parts=("head",), head_init="ridge", **STILL)
    assert accuracy(model, other) == 1.0


def test_a_kept_head_is_where_it_was(model, data):
    before = head(model)
    keras_modnet.adapt_task(model, "digits", data, parts=("head",), head_init="keep", **STILL)
    for value, former in zip(head(model), before, strict=True):
        np.testing.assert_allclose(value, former, atol=1e-6)


def test_a_search_that_draws_starts_from_the_head_of_the_present_ordering(model, data):
    arguments = STILL | {"epochs": 2, "search": "gumbel", "parts": ("ordering", "head")}
    keras_modnet.adapt_task(model, "digits", data, **arguments)
    assert model.ordering("digits").blocks == (0, 1, 2)
    assert accuracy(model, data) == 1.0


def test_a_dataset_and_one_hot_rows_serve_as_arrays_do(data):
    batches = [(data[0][:16], np.eye(3)[data[1][:16]]), (data[0][16:], np.eye(3)[data[1][16:]])]
    images, labels = first_images(batches, 24)
    np.testing.assert_array_equal(images, data[0])
    np.testing.assert_array_equal(labels, data[1])


@pytest.mark.parametrize(("count", "channels"), [(2, 1), (6, 40), (60, 5)])
def test_few_images_and_absent_classes_give_a_usable_head(count, channels):
    generator = np.random.default_rng(count)
    labels = np.arange(count) % 2
    features = generator.normal(size=(count, channels)) + 8 * labels[:, None]
    kernel, bias = ridge_head(features, labels, 4)
    assert np.isfinite(kernel).all()
    assert np.isfinite(bias).all()
    assert ((features @ kernel + bias).argmax(-1) == labels).all()


@pytest.mark.parametrize("num_classes", [2, 3, 10])
def test_one_image_a_class_ends_near_guessing(num_classes):
    generator = np.random.default_rng(num_classes)
    kernel, bias = ridge_head(generator.normal(size=(num_classes, 32)), np.arange(num_classes), num_classes)
    likely = probabilities(generator.normal(size=(500, 32)) @ kernel + bias)
    assert likely.max(axis=-1).mean() < 1 / num_classes + 0.1
    losses = -np.log(likely[np.arange(500), generator.integers(0, num_classes, 500)])
    assert losses.mean() < np.log(num_classes) + 0.1


def test_one_image_a_class_is_known_again():
    features = np.random.default_rng(0).normal(size=(5, 32))
    kernel, bias = ridge_head(features, np.arange(5), 5)
    np.testing.assert_array_equal((features @ kernel + bias).argmax(axis=-1), np.arange(5))


def test_a_few_images_that_are_all_right_do_not_make_the_head_sure():
    # Two classes that hardly overlap. Without doubt the scale would be the largest, 100.
    features = np.array([[-1.0], [-1.1], [-0.9], [1.0], [1.1], [0.9]])
    kernel, bias = ridge_head(features, [0, 0, 0, 1, 1, 1], 2)
    assert 1 < np.ptp(features @ kernel + bias, axis=-1).max() < 20


@pytest.mark.parametrize("features", [np.zeros((4, 3)), np.full((4, 3), 0.1), np.ones((1, 3))])
def test_constant_features_give_a_head_without_a_kernel(features):
    labels = [0, 0, 0, 1][: len(features)]
    kernel, bias = ridge_head(features, labels, 3)
    np.testing.assert_array_equal(kernel, np.zeros((3, 3)))
    assert np.isfinite(bias).all()
    assert bias.argmax() == 0


def test_features_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="`features` must be finite"):
        ridge_head([[np.nan], [1.0]], [0, 1], 2)


def test_a_scale_is_chosen_by_images_that_the_regression_has_not_seen():
    # Labels without any relation to the features: a confident head would be wrong half of the time.
    generator = np.random.default_rng(0)
    features, labels = generator.normal(size=(200, 30)), generator.integers(0, 2, 200)
    kernel, bias = ridge_head(features, labels, 2)
    logits = generator.normal(size=(500, 30)) @ kernel + bias
    assert np.abs(logits[:, 0] - logits[:, 1]).mean() < 0.6


@pytest.mark.parametrize(
    ("parts", "head_init", "message"),
    [
        (("head",), "lda", r"`head_init` must be one of \('ridge', 'keep'\) or None. Received: 'lda'"),
        (("norm",), "ridge", '`head_init` must be other than "ridge" for parts without "head"'),
    ],
)
def test_a_start_that_does_not_suit_is_refused_before_any_step(model, data, parts, head_init, message):
    before = head(model)
    with pytest.raises(ValueError, match=message):
        keras_modnet.adapt_task(model, "digits", data, parts=parts, head_init=head_init, **STILL)
    np.testing.assert_array_equal(head(model)[0], before[0])
