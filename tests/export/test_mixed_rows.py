"""Rows of several tasks in one batch: each answers as in a batch of its task alone, and each task runs once."""

import numpy as np
import pytest
import tensorflow as tf

from keras_modnet.export.mixed_rows import run_by_task

TASKS = ("digits", "letters", "marks", "vectors")
ASKED = [2, 0, 7, 1, 0, 3, -1, 2]


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(3).integers(0, 256, (len(ASKED), 4, 4, 1)).astype("float32")


def expect_rows(answers, served, rows, valid):
    for row, (task, good) in enumerate(zip(ASKED, valid, strict=True)):
        own = served.signatures[TASKS[task]](images=tf.constant(rows[row : row + 1])) if good else None
        count = own["logits"].shape[1] if good else 0
        for name, beyond in (("logits", -1e9 if good else 0), ("probabilities", 0)):
            values = answers[name][row].numpy()
            np.testing.assert_allclose(values[:count], own[name][0] if good else [], atol=1e-5)
            np.testing.assert_array_equal(values[count:], beyond)
        names = own["classes"][0].numpy().tolist() if good and "classes" in own else [b"", b""]
        assert answers["classes"][row].numpy().tolist() == names
    assert answers["valid"].numpy().tolist() == valid


def test_each_row_answers_for_its_task(served, rows):
    answers = served.signatures["mixed"](images=tf.constant(rows), task=tf.constant(ASKED))
    # Neither a task without classes nor an index that is none.
    expect_rows(answers, served, rows, [0 <= task < 3 for task in ASKED])


def test_tasks_go_by_their_names(served, rows):
    names = [TASKS[task] if 0 <= task < 4 else "words" for task in ASKED]
    answers = served.signatures["mixed_by_name"](images=tf.constant(rows), task_name=tf.constant(names))
    expect_rows(answers, served, rows, [0 <= task < 3 for task in ASKED])


def test_encoded_images_answer_for_themselves(served, rows):
    files = [tf.io.encode_png(row.astype("uint8")).numpy() for row in rows]
    files[1] = files[1][:20]
    valid = [0 <= task < 3 and row != 1 for row, task in enumerate(ASKED)]
    answers = served.signatures["mixed_image_bytes"](image_bytes=tf.constant(files), task=tf.constant(ASKED))
    expect_rows(answers, served, rows, valid)
    names = [TASKS[task] if 0 <= task < 4 else "words" for task in ASKED]
    named = served.signatures["mixed_by_name_image_bytes"](image_bytes=tf.constant(files), task_name=tf.constant(names))
    for name, values in answers.items():
        np.testing.assert_array_equal(named[name], values)


@pytest.mark.parametrize("count", [0, 3])
def test_a_batch_may_have_no_row_that_runs(served, count):
    answers = served.signatures["mixed"](images=tf.zeros((count, 4, 4, 1)), task=tf.fill([count], 9))
    assert answers["logits"].shape == (count, 4)
    assert not np.any(answers["valid"])


def test_an_index_for_each_image_is_wanted(served):
    with pytest.raises(tf.errors.InvalidArgumentError, match="one task for each image"):
        served.signatures["mixed"](images=tf.zeros((3, 4, 4, 1)), task=tf.zeros(2, tf.int32))


def test_each_task_that_occurs_runs_once_on_its_own_rows():
    calls = []

    def run(images, task):
        calls.append((int(task), images.numpy().ravel().tolist()))
        return tf.reshape(images, (-1, 1)) + 100.0 * tf.cast(task, tf.float32)

    images = tf.reshape(tf.range(6.0), (6, 1, 1, 1))
    tasks, valid = tf.constant([4, 1, 4, 4, 1, 4]), tf.constant([True, True, True, False, True, True])
    answers = run_by_task(run, images, tasks, valid, width=1)
    assert sorted(calls) == [(1, [1.0, 4.0]), (4, [0.0, 2.0, 5.0])]
    assert answers.numpy().ravel().tolist() == [400.0, 101.0, 402.0, 0.0, 104.0, 405.0]
