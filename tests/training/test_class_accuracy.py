"""Accuracy by class counts what was taken for what, however the images come."""

import numpy as np
import pytest

import keras_modnet
from keras_modnet import ClassAccuracy


@pytest.fixture
def model(make_model):
    return make_model(compiled=False, tasks={"digits": {"num_classes": 3, "class_names": ["one", "two", "three"]}})


def test_counts_are_those_of_the_answers(model, images):
    labels = np.array([0, 1, 1, 2])
    answers = model.predict_on_batch(images).argmax(-1)
    measured = keras_modnet.class_accuracy(model, (images, labels), batch_size=3)
    expected = np.zeros((3, 3), int)
    for label, answer in zip(labels, np.asarray(answers), strict=True):
        expected[label, int(answer)] += 1
    np.testing.assert_array_equal(measured.confusion, expected)
    batches = [(images[:3], labels[:3]), (images[3:], np.eye(3)[labels[3:]])]
    np.testing.assert_array_equal(keras_modnet.class_accuracy(model, batches, "digits").confusion, expected)
    assert measured.class_names == ("one", "two", "three")


def test_accuracies_are_shares_of_the_images():
    measured = ClassAccuracy(("cat", "dog", "fox"), np.array([[3, 1, 0], [0, 8, 0], [0, 0, 0]]))
    assert measured.accuracy == pytest.approx(11 / 12)
    assert measured.by_class == {"cat": 0.75, "dog": 1.0}
    assert str(measured).splitlines() == [
        "class  images  accuracy (%)  most often taken for",
        "cat         4          75.0  dog (1)",
        "dog         8         100.0",
    ]


def test_of_many_classes_the_worst_are_printed():
    confusion = 2 * np.eye(40, dtype=int)
    confusion[7] = np.eye(40, dtype=int)[9]
    lines = str(ClassAccuracy(tuple(f"c{index}" for index in range(40)), confusion)).splitlines()
    assert lines[1].split() == ["c7", "1", "0.0", "c9", "(1)"]
    assert (len(lines), lines[-1]) == (32, "... and 10 classes with a higher accuracy")


def test_classes_of_one_name_are_told_apart(make_model, images):
    model = make_model(compiled=False, tasks={"birds": {"num_classes": 3, "class_names": ["crane", "crane", "gull"]}})
    measured = keras_modnet.class_accuracy(model, (images, np.array([0, 1, 1, 2])))
    assert measured.class_names == ("crane (0)", "crane (1)", "gull")


def test_an_unknown_task_is_refused(model, images):
    with pytest.raises(ValueError, match="`task` must be one of 'digits'"):
        keras_modnet.class_accuracy(model, (images, np.zeros(4)), "letters")
