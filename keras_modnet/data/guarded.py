"""Data on its way into Keras: arrays are checked whole, streams batch by batch as they come."""

import dataclasses

from keras_modnet.checks import expect
from keras_modnet.data.checks import as_array, check_images, check_labels, warn_of_small_pixels
from keras_modnet.data.expected import Expected
from keras_modnet.data.streams import guarded_stream, is_stream


def guarded(expected, x, y=None, weights=None, labelled=True, argument="x"):
    """Returns data for Keras that is checked, or that will be as it comes.

    Args:
        expected: `Expected`.
        x: arrays or lists, a dict of them by task, or a stream: a `tf.data.Dataset`, a `PyDataset`, a torch
            `DataLoader`, a generator or a list of batches.
        y: labels that go with arrays.
        weights: sample weights that go with arrays.
        labelled: whether there must be labels.
        argument: what the data are called in errors.

    Returns:
        `(x, y, weights)`.

    Raises:
        ValueError: data that the tasks cannot take; of a stream when its batch comes.
    """
    if labelled:
        expected.expect_classes()
    if not is_stream(x, y):
        return guarded_arrays(expected, x, y, weights, labelled)
    expect(y is None, "y", f"None where `{argument}` is a stream of images and labels", type(y).__name__)
    return guarded_stream(x, BatchCheck(expected, argument, labelled)), None, weights


def guarded_arrays(expected, x, y=None, weights=None, labelled=True, first=True):
    """Returns `(x, y, weights)` with lists made arrays, all of it checked.

    Args:
        expected: `Expected`.
        x: images of the task, or a dict of them by task.
        y: labels, likewise; None where there are none.
        weights: weights, likewise, or None.
        labelled: whether there must be labels.
        first: whether to warn of pixels that look scaled.

    Raises:
        ValueError: an unknown task, labels of other tasks than the images, or data that the task cannot take.
    """
    if labelled or y is not None:
        expected.expect_classes()
    expect(y is not None or not labelled, "y", "labels for the images", None)
    images = _by_task(expected, "x", x)
    labels = {} if y is None else _by_task(expected, "y", y)
    for task, batch in images.items():
        check_images(f"task {task}", batch, expected.image_shape)
        if first:
            warn_of_small_pixels(f"task {task}", batch)
        if task in labels:
            check_labels(f"task {task}", labels[task], expected.num_classes[task], len(batch))
    if weights is not None:
        weights = _same_form(expected, _weights_by_task(expected, weights, images))
    return _same_form(expected, images), None if y is None else _same_form(expected, labels), weights


def _by_task(expected, argument, values):
    if not expected.keyed:
        [task] = expected.tasks
        keyed = isinstance(values, dict)
        expect(not keyed, argument, f"an array for the task {task}, and no dict", sorted(values) if keyed else None)
        return {task: as_array(argument, values)}
    known = isinstance(values, dict)
    received = type(values).__name__ if not known else sorted(values)
    expect(known, argument, f"a dict with the tasks {sorted(expected.tasks)}", received)
    for task in values:
        others = f"of the tasks {sorted(expected.tasks)}; `model.task(name)` trains each of several in turn"
        expect(task in expected.tasks, argument, others, task)
    expect(set(values) == set(expected.tasks), argument, f"a dict with the tasks {sorted(expected.tasks)}", received)
    return {task: as_array(f"{argument} of task {task}", values[task]) for task in expected.tasks}


def _weights_by_task(expected, weights, images):
    # As in Keras, one array counts for every output.
    by_task = weights if isinstance(weights, dict) else dict.fromkeys(expected.tasks, weights)
    by_task = {task: as_array("sample_weight", own) for task, own in by_task.items()}
    for task, own in by_task.items():
        expect(task in images, "sample_weight", f"of the tasks {sorted(images)}", task)
        count = len(images[task])
        expect(len(own) == count, "sample_weight", f"one for each of {count} images of task {task}", len(own))
    return by_task


def _same_form(expected, values):
    return values if expected.keyed else next(iter(values.values()))


@dataclasses.dataclass(frozen=True)
class BatchCheck:
    """Checks the batches of a stream; an object, so that it can be sent to the processes that read them.

    Attributes:
        expected: `Expected`.
        argument: what the stream is called in errors.
        labelled: whether there must be labels.
    """

    expected: Expected
    argument: str
    labelled: bool

    def __call__(self, batch, first):
        """Returns one batch, checked; with a warning of pixels that look scaled if it is the first one."""
        if not self.labelled and not isinstance(batch, tuple):
            return guarded_arrays(self.expected, batch, labelled=False, first=first)[0]
        several = isinstance(batch, tuple | list) and 1 + self.labelled <= len(batch) <= 3
        pair = "a dataset of (images, labels) or (images, labels, weights)"
        expect(several, self.argument, pair, type(batch).__name__)
        if not self.labelled:
            return (guarded_arrays(self.expected, batch[0], labelled=False, first=first)[0], *batch[1:])
        return tuple(part for part in guarded_arrays(self.expected, *batch, first=first) if part is not None)
