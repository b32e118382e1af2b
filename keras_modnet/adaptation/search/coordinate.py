"""Searches an ordering over frozen blocks, one step at a time, with a head in closed form."""

import time

import numpy as np

from keras_modnet.adaptation.heads.leave_one_out import leave_one_out_error
from keras_modnet.adaptation.search.neighbours import exchange
from keras_modnet.adaptation.search.result import OrderingSearch
from keras_modnet.adaptation.search.step_features import StepFeatures
from keras_modnet.adaptation.search.step_runner import StepRunner
from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.data.arrays import images_with_classes
from keras_modnet.layers.gradients import no_gradients
from keras_modnet.models.ordering import Ordering


def search_ordering(model, task, data, start=None, max_sweeps=10, max_images=1000, seed=0):
    """Looks for the ordering of frozen blocks whose features separate a task's classes best.

    Coordinate descent: every step in random order tries every block and keeps the best, until a sweep over all steps
    changes nothing. An ordering's score is `leave_one_out_error` of the pooled features, with the statistics of batch
    norms that these images have under this ordering, so that neither a head nor statistics have to be trained first.
    The model stays as it is; give the result to `ModNet.set_ordering`. Scales and offsets of a step stay with the step.

    Args:
        model: a `ModNet`.
        task: name of the task, whose norms are used.
        data: images `(n, H, W, C)` and labels, whole numbers `(n,)` or rows `(n, num_classes)`, arrays or lists;
            images of another size are resized.
        start: `Ordering` or list of block indices to start from, with as many steps as the task has; default the
            task's present blocks.
        max_sweeps: sweeps at most.
        max_images: the first so many images are used, in one batch.
        seed: fixes the order of the steps.

    Returns:
        `OrderingSearch`.

    Raises:
        ValueError: an unknown task, data that the task cannot take, another number of steps, or a count under one.
    """
    expect_one_of("task", task, model.task_names)
    expect_count("max_sweeps", max_sweeps)
    expect_count("max_images", max_images)
    images, labels = images_with_classes(
        "data", data, model.image_shape, model.resizing, model.num_classes(task), max_images
    )
    ordering = _start(model, task, start)
    started = time.perf_counter()
    with no_gradients():
        features = StepFeatures(StepRunner(model, task), images, ordering)
        errors = _Errors(features, labels, model.num_classes(task))
        first = errors.of(ordering)
        last = descend(features, errors, first, max_sweeps, np.random.default_rng(seed))
    return OrderingSearch(features.ordering, first, last, errors.count, time.perf_counter() - started)


def _start(model, task, start):
    present = model.ordering(task)
    start = present if start is None else start
    blocks = list(start.blocks if isinstance(start, Ordering) else start)
    expect(len(blocks) == present.num_steps, "start", f"{present.num_steps} steps, as the task has", blocks)
    return Ordering.from_blocks(blocks, model.bank.num_blocks)


class _Errors:
    """Scores orderings, and counts them."""

    def __init__(self, features, labels, num_classes):
        self.features, self.labels, self.num_classes, self.count = features, labels, num_classes, 0

    def of(self, ordering):
        self.count += 1
        return leave_one_out_error(self.features.pooled(ordering), self.labels, self.num_classes)


def descend(features, errors, error, max_sweeps, generator):
    """Changes single steps for as long as it helps; `features` has the ordering that was found.

    Args:
        features: `StepFeatures` of the ordering at the start.
        errors: `errors.of(ordering)` is the error of an ordering.
        error: error at the start.
        max_sweeps: sweeps over all steps at most.
        generator: NumPy's, for the order of the steps.

    Returns:
        The error at the end.
    """
    num_steps, num_blocks = features.ordering.weights.shape
    # Steps that were tried since the last change: after one whole round without any, nothing is left to find.
    idle = 0
    for _ in range(max_sweeps):
        for step in generator.permutation(num_steps).tolist():
            present = features.ordering
            others = [exchange(present, step, block) for block in range(num_blocks) if block != present.blocks[step]]
            tried = [errors.of(other) for other in others]
            best = int(np.argmin(tried)) if tried else None
            idle += 1
            if best is not None and tried[best] < error:
                error, idle = tried[best], 0
                features.take(others[best])
            if idle == num_steps:
                return error
    return error
