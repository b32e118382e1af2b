"""Checks of a `tf.data.Dataset`, inside of its graph. Imports TensorFlow where it is called."""

import contextlib
import re
import sys

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.data.checks import warn_of_scaled_pixels

# How TensorFlow reports a check that failed: the parts of the message, each in brackets.
_REPORT = re.compile(r"assertion failed: (\[.*\])")
# How it reports a `ValueError` of a Python function inside of a dataset.
_RAISED = re.compile(r"\bValueError: (.+?)\nTraceback \(most recent", re.DOTALL)


def guarded_tf_dataset(dataset, expected, argument, labelled=True):
    """Returns the dataset with a check of every batch.

    Args:
        dataset: `tf.data.Dataset` of images, or of `(images, labels)` or `(images, labels, weights)`.
        expected: `Expected`.
        argument: what the dataset is called in errors.
        labelled: whether there must be labels.

    Raises:
        ValueError: what it tells beforehand: no batch, images of another shape, tasks or labels that are not there.
    """
    import tensorflow as tf

    spec = dataset.element_spec
    parts = spec if isinstance(spec, tuple) else (spec,)
    expect(int(dataset.cardinality()) != 0, argument, "a dataset with at least one batch", "an empty one")
    several = not labelled or len(parts) in (2, 3)
    expect(several, argument, "a dataset of (images, labels) or (images, labels, weights)", spec)
    for task, images in _by_task(expected, parts[0], argument).items():
        known = images.shape.rank is not None
        fits = not known or images.shape[1:].is_compatible_with(expected.image_shape)
        shape = f"of shape (batch, {', '.join(map(str, expected.image_shape))})"
        expect(fits, f"images of task {task}", shape, tuple(images.shape) if known else None)
    warned = []

    def warn(task):
        if not warned:
            warned.append(task)
            warn_of_scaled_pixels(f"task {task.decode()}")

    def check(*batch):
        labels = _by_task(expected, batch[1], argument) if labelled else {}
        checks = []
        for task, images in _by_task(expected, batch[0], argument).items():
            checks += _checks_of_images(task, images, expected.image_shape, warn)
            if task in labels:
                checks += _checks_of_labels(task, labels[task], expected.num_classes[task])
        with tf.control_dependencies(checks):
            batch = tf.nest.map_structure(tf.identity, batch)
        return batch if isinstance(spec, tuple) else batch[0]

    # Without AutoGraph, which would put lines of code around what a check says.
    return dataset.map(tf.autograph.experimental.do_not_convert(check))


def _by_task(expected, values, argument):
    if not expected.keyed:
        [task] = expected.tasks
        keyed = isinstance(values, dict)
        expect(not keyed, argument, f"batches for the task {task}, and no dicts", sorted(values) if keyed else None)
        return {task: values}
    dicts = f"batches of dicts with the tasks {sorted(expected.tasks)}"
    expect(isinstance(values, dict), argument, dicts, type(values).__name__)
    for task in values:
        expect_one_of("task", task, expected.tasks)
    expect(set(values) == set(expected.tasks), argument, f"with the tasks {sorted(expected.tasks)}", sorted(values))
    return values


def _checks_of_images(task, images, image_shape, warn):
    import tensorflow as tf

    shape, sides = tf.shape(images), tf.constant(image_shape, tf.int32)
    wanted = f"`images of task {task}` must be of shape (batch, {', '.join(map(str, image_shape))}). Received: shape "
    of_rank = tf.equal(tf.rank(images), 1 + len(image_shape))
    same = tf.logical_and(of_rank, tf.reduce_all(tf.equal(shape[1:4], sides)))
    checks = [tf.debugging.Assert(same, [wanted, shape])]
    if images.dtype.is_floating:
        finite = f"`images of task {task}` must be finite numbers. Received: 'NaN or infinite values'."
        checks.append(tf.debugging.Assert(tf.reduce_all(tf.math.is_finite(images)), [finite]))
        small = tf.reduce_max(images) <= 1
        checks.append(tf.cond(small, lambda: _warned(warn, task), lambda: tf.constant(False)))
    return checks


def _warned(warn, task):
    import tensorflow as tf

    return tf.numpy_function(lambda name: (warn(name), True)[1], [tf.constant(task)], tf.bool)


def _checks_of_labels(task, labels, num_classes):
    import tensorflow as tf

    argument = f"`labels of task {task}` must be"
    if labels.dtype == tf.string:
        expect(False, f"labels of task {task}", "numbers", "text")
    if labels.shape.rank == 2 and labels.shape[-1] not in (None, 1):
        rows = f"rows of {num_classes} classes"
        expect(labels.shape[-1] == num_classes, f"labels of task {task}", rows, tuple(labels.shape))
        return _check_of_fractions(labels, tf.math.is_finite, f"{argument} rows of finite numbers")
    if labels.shape.rank == 2 and labels.shape[-1] is None:
        same = tf.equal(tf.shape(labels)[-1], num_classes)
        return [tf.debugging.Assert(same, [f"{argument} rows of {num_classes} classes. Received: ", tf.shape(labels)])]
    whole = f"{argument} whole numbers from 0 to {num_classes - 1}, or rows of {num_classes}"
    checks = _check_of_fractions(labels, lambda values: values == tf.round(values), whole)
    inside = tf.reduce_all((labels >= 0) & (labels < tf.cast(num_classes, labels.dtype)))
    received = [tf.reduce_min(labels), " to ", tf.reduce_max(labels)]
    return [*checks, tf.debugging.Assert(inside, [f"{argument} from 0 to {num_classes - 1}. Received: ", *received])]


def _check_of_fractions(labels, holds, expected):
    import tensorflow as tf

    if not labels.dtype.is_floating:
        return []
    return [tf.debugging.Assert(tf.reduce_all(holds(labels)), [f"{expected}. Received: other numbers."])]


@contextlib.contextmanager
def reporting():
    """Turns what a check found in TensorFlow's graph, or in a dataset's Python, into a `ValueError` as others raise."""
    if "tensorflow" not in sys.modules:
        yield
        return
    import tensorflow as tf

    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        raised = _RAISED.search(str(error))
        if raised is not None:
            raise ValueError(raised[1]) from None
        found = _REPORT.search(str(error))
        if found is None or "of task" not in found[1]:
            raise
        text = "".join(found[1][1:-1].split("] ["))
        raise ValueError(text) from None
