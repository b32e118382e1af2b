"""A `tf.data.Dataset` is checked in its graph, and what is found is told as everywhere else."""

import keras
import numpy as np
import pytest
import tensorflow as tf

IMAGES = np.random.default_rng(0).integers(0, 256, (8, 4, 4, 1)).astype("uint8")
LABELS = np.arange(8) % 3


def dataset(images=IMAGES, labels=LABELS):
    return tf.data.Dataset.from_tensor_slices((images, labels)).batch(4)


@pytest.fixture
def digits(make_model):
    digits = make_model(compiled=False).task("digits")
    digits.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
    return digits


def test_good_data_passes_as_it_is(digits):
    digits.fit(dataset(), verbose=0)
    found = digits.evaluate(dataset(), verbose=0)
    assert found == pytest.approx(digits.evaluate(IMAGES, LABELS, batch_size=4, verbose=0), rel=1e-5)
    answers = digits.predict(dataset(), verbose=0)
    np.testing.assert_allclose(answers, digits.predict(IMAGES, verbose=0), atol=1e-5)
    np.testing.assert_allclose(digits.predict(dataset().map(lambda x, y: x), verbose=0), answers, atol=1e-5)


@pytest.mark.parametrize("run", ["fit", "evaluate", "validation_data"])
def test_a_bad_batch_is_reported_when_it_comes(digits, run):
    # The second batch alone has a label beyond the classes.
    bad = dataset(labels=np.where(np.arange(8) == 7, 5, LABELS))
    runs = {
        "fit": lambda: digits.fit(bad, verbose=0),
        "evaluate": lambda: digits.evaluate(bad, verbose=0),
        "validation_data": lambda: digits.fit(dataset(), validation_data=bad, verbose=0),
    }
    with pytest.raises(ValueError, match=r"`labels of task digits` must be from 0 to 2. Received: .* to 5"):
        runs[run]()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (lambda: dataset(np.where(IMAGES > 100, np.nan, IMAGES)), "`images of task digits` must be finite numbers"),
        (lambda: dataset(IMAGES[:, :2]), r"`images of task digits` must be of shape \(batch, 4, 4, 1\)"),
        (lambda: dataset(labels=np.eye(4)[LABELS]), "`labels of task digits` must be rows of 3 classes"),
        (
            lambda: dataset(labels=LABELS + 0.5),
            "`labels of task digits` must be whole numbers from 0 to 2, or rows of 3",
        ),
        (lambda: dataset(labels=LABELS.astype(str)), "`labels of task digits` must be numbers. Received: 'text'"),
        (lambda: dataset({"digits": IMAGES}, {"digits": LABELS}), "`x` must be batches for the task digits, and no"),
    ],
)
def test_what_a_task_cannot_take_is_refused_by_name(digits, data, message):
    with pytest.raises(ValueError, match=message):
        digits.fit(data(), verbose=0)


def test_rows_that_are_not_finite_are_refused(digits):
    digits.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True), jit_compile=False)
    digits.fit(dataset(labels=np.eye(3)[LABELS]), verbose=0)
    with pytest.raises(ValueError, match="`labels of task digits` must be rows of finite numbers"):
        digits.fit(dataset(labels=np.full((8, 3), np.nan)), verbose=0)


def test_a_joint_model_takes_dicts(make_model):
    model = make_model()
    both = ({"digits": IMAGES, "letters": IMAGES}, {"digits": LABELS, "letters": LABELS % 2})
    model.fit(dataset(*both), verbose=0)
    with pytest.raises(ValueError, match=r"`labels of task letters` must be from 0 to 1. Received: 0 to 2"):
        model.fit(dataset(both[0], {"digits": LABELS, "letters": LABELS}), verbose=0)


def test_scaled_pixels_are_warned_of_once(digits):
    with pytest.warns(UserWarning, match="largest value of the images of task digits is at most 1") as warned:
        digits.fit(dataset((IMAGES / 255).astype("float32")), epochs=2, verbose=0)
    assert len(warned) == 1


def test_other_errors_of_tensorflow_stay_what_they_are(digits):
    failing = dataset().map(lambda x, y: (tf.ensure_shape(tf.reshape(x, (-1, 4, 4, 1))[:3], (4, 4, 4, 1)), y))
    with pytest.raises(tf.errors.InvalidArgumentError):
        digits.fit(failing, verbose=0)
