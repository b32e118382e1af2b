"""A new head starts at the closed-form solution; a trained one stays where it is."""

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.adaptation import head_start, phases
from keras_modnet.layers.values import value_of
from keras_modnet.training.optimizers import adamw

# One batch of all images, so that statistics do not depend on the order.
STILL = {"epochs": 1, "learning_rate": 1e-12, "batch_size": 32, "verbose": 0}


@pytest.fixture
def model(make_model):
    return make_new_task(make_model)


def make_new_task(make_model, **arguments):
    model = make_model(compiled=False, tasks={"digits": 3}, **arguments)
    model.set_ordering("digits", [0, 1, 2])
    model.add_task("letters", 2, init_from="digits")
    return model


@pytest.fixture
def data():
    """Two classes that differ in where the light is."""
    labels = np.arange(32) % 2
    images = np.random.default_rng(0).uniform(0, 60, (32, 4, 4, 1))
    images[labels == 1, :2, :2] += 150
    return images.astype("uint8"), labels


@pytest.fixture
def untraced(monkeypatch, compile_model):
    """Steps that need no tracing."""

    def compile_for(model, learning_rate, weight_decay):
        compile_model(model, adamw(learning_rate, weight_decay, model.trainable_variables), metrics=["accuracy"])

    monkeypatch.setattr(phases, "compile_for", compile_for)


def head_of(model, task="letters"):
    dense = model.task_layers[task].head.dense
    return value_of(dense.kernel).copy(), value_of(dense.bias).copy()


def accuracy(model, data):
    with model.use_task("letters"):
        logits = keras.ops.convert_to_numpy(model(data[0], training=False))
    return (logits.argmax(-1) == data[1]).mean()


HEADS = [{}, {"norm": "layer"}, {"norm": "group"}, {"pool_first": True}, {"block": "convnext", "norm": "layer"}]


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("arguments", HEADS)
@pytest.mark.parametrize("parts", [("head",), ("statistics", "head"), ("ordering", "norm", "head")])
def test_without_training_the_head_is_the_ridge_classifier(make_model, data, arguments, parts):
    model = make_new_task(make_model, **arguments)
    keras_modnet.adapt_task(model, "letters", data, parts=parts, **STILL)
    features, labels = head_start.pooled_features(model, "letters", [data], len(data[1]))
    kernel, bias = head_start.ridge_head(features, labels, 2)
    trained = head_of(model)
    largest = np.abs([*kernel, bias]).max()
    np.testing.assert_allclose(trained[0], kernel, atol=1e-3 * largest)
    np.testing.assert_allclose(trained[1], bias, atol=1e-3 * largest)
    assert accuracy(model, data) == ((features @ kernel + bias).argmax(-1) == labels).mean()
    # Guessing is right for one half, random features for most.
    assert accuracy(model, data) > 0.75


@pytest.mark.usefixtures("untraced")
def test_full_fine_tuning_starts_there_too(model, data):
    keras_modnet.adapt_task(model, "letters", data, parts=("norm", "head", "bank", "stem"), **STILL)
    assert accuracy(model, data) > 0.75


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("start", ["source", "uniform"])
def test_with_drawn_orderings_the_head_starts_with_the_hard_one(model, data, start, monkeypatch):
    seen = []
    monkeypatch.setattr(phases, "soften", lambda model, *_: seen.append((model.ordering("letters"), head_of(model))))
    options = STILL | {"epochs": 2, "start": start, "search": "gumbel"}
    keras_modnet.adapt_task(model, "letters", data, **options)
    (ordering, (kernel, bias)), *_ = seen
    assert ordering.blocks == (0, 1, 2)
    features, _ = head_start.pooled_features(model, "letters", [data], len(data[1]))
    assert ((features @ kernel + bias).argmax(-1) == data[1]).mean() > 0.75


@pytest.mark.usefixtures("untraced")
def test_a_head_that_is_kept_stays_bit_for_bit(model, data):
    before = head_of(model)
    keras_modnet.adapt_task(model, "letters", data, head_init="keep", **STILL | {"learning_rate": 0.0})
    assert all(np.array_equal(*pair) for pair in zip(before, head_of(model), strict=True))


@pytest.mark.usefixtures("untraced")
def test_a_trained_head_is_kept_unless_asked_otherwise(model, data):
    model.task_layers["letters"].head.dense.bias.assign([0.0, 0.5])
    before = head_of(model)
    options = STILL | {"learning_rate": 0.0}
    keras_modnet.adapt_task(model, "letters", data, **options)
    assert all(np.array_equal(*pair) for pair in zip(before, head_of(model), strict=True))
    keras_modnet.adapt_task(model, "letters", data, head_init="ridge", **options)
    assert not np.array_equal(before[0], head_of(model)[0])


@pytest.mark.usefixtures("untraced")
def test_a_fresh_head_that_does_not_train_is_kept(model, data):
    before = head_of(model)
    keras_modnet.adapt_task(model, "letters", data, parts=("norm",), **STILL)
    assert all(np.array_equal(*pair) for pair in zip(before, head_of(model), strict=True))


@pytest.mark.usefixtures("untraced")
def test_a_dataset_of_batches_with_one_hot_labels_serves_as_well(model, data):
    images, labels = data
    batches = [(images[rows], np.eye(2)[labels[rows]]) for rows in (slice(20), slice(20, 32))]
    head_start.start_head(model, "letters", ("statistics", "head"), batches, statistics_batches=2)
    assert accuracy(model, data) > 0.75


def test_images_beyond_the_bound_are_not_read(model, data):
    def batches():
        yield data[0][:20], data[1][:20]
        yield data[0][20:], data[1][20:]
        pytest.fail("one batch more was read")

    features, labels = head_start.pooled_features(model, "letters", batches(), max_images=25)
    assert features.shape == (25, 4)
    assert labels.tolist() == data[1][:25].tolist()


@pytest.mark.usefixtures("untraced")
def test_one_image_alone_leaves_the_head(model, data):
    before = head_of(model)
    head_start.start_head(model, "letters", ("head",), [(data[0][:1], data[1][:1])], statistics_batches=1)
    assert all(np.array_equal(*pair) for pair in zip(before, head_of(model), strict=True))


@pytest.mark.parametrize("arguments", [{"head_init": "zeros"}, {"head_init": "ridge", "parts": ("norm",)}])
def test_a_start_that_is_unknown_or_has_no_head_is_refused(model, data, values, arguments):
    before = values(model)
    with pytest.raises(ValueError, match="`head_init` must be"):
        keras_modnet.adapt_task(model, "letters", data, **STILL, **arguments)
    assert all(np.array_equal(before[name], value) for name, value in values(model).items())
