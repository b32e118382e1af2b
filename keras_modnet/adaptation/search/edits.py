"""Searches an ordering by edits: steps more or less, places exchanged; for banks whose order is published."""

import math
import time

import numpy as np

from keras_modnet.adaptation.search.edit_run import EditRun
from keras_modnet.adaptation.search.result import EditSearch
from keras_modnet.adaptation.search.step_runner import StepRunner
from keras_modnet.adaptation.search.subset_scores import SubsetScores
from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.data.arrays import images_with_classes
from keras_modnet.layers.gradients import no_gradients
from keras_modnet.models.ordering import Ordering, as_ordering


def search_edits(
    model,
    task,
    data,
    start=None,
    only_truncations=False,
    seconds=None,
    cost=0.0,
    max_steps=None,
    max_images=1000,
    seed=0,
):
    """Looks for an ordering of frozen blocks near a given one, that may have more or fewer steps.

    Edits of the present ordering are tried: first how many of its steps are enough (`neighbours.truncations`), then the
    few likely ones (`neighbours.near`: a step repeated or removed, neighbouring steps swapped), then groups of all
    others in random order (`neighbours.far`). Those of a group are scored on a quarter of the images; the better half
    goes on to half of them, and the better half of these to all (`subset_scores.subset_sizes`: of few images there are
    no such subsets). Of truncations, which cost less than the present ordering, the one with the lowest error is taken.
    The best one of the others is taken if it is better by more than luck (`certainty.surely_less`), and the search goes
    on from it, until no edit is: a few per cent less error on some hundred images are often luck.

    An ordering's error is the leave-one-out error of a linear classifier on the pooled features, as in
    `search_ordering`, at the penalty that suits these features best. The model stays as it is; give the result to
    `ModNet.set_ordering`, and norms follow as `Ordering` says.

    Args:
        model: a `ModNet`.
        task: name of the task, whose norms are used.
        data: images `(n, H, W, C)` and labels, whole numbers `(n,)` or rows `(n, num_classes)`, arrays or lists;
            images of another size are resized.
        start: `Ordering` or list of block indices to start from, of any number of steps; default the task's present
            one. Norms are found as by `ModNet.set_ordering`.
        only_truncations: whether nothing but how many steps are enough is looked for: one pass over the images, good
            for few of them, too.
        seconds: time in seconds after which no more is tried; None: until no edit helps. The result then depends on the
            machine.
        cost: what multiply-adds count: an ordering's score is `error + cost * macs / macs at the start`. With 0.01 an
            ordering of half the multiply-adds may have an error that is larger by 0.005.
        max_steps: steps at most; None: any number.
        max_images: the first so many images are used.
        seed: fixes the subsets of the images and the order of the edits.

    Returns:
        `EditSearch`.

    Raises:
        ValueError: an unknown task, data that the task cannot take, a start that the task cannot have or of more than
            `max_steps`, a count under one, negative seconds or cost.
    """
    expect_one_of("task", task, model.task_names)
    expect_count("max_images", max_images)
    expect_budget(seconds, cost, max_steps)
    ordering = _start(model, task, start)
    few = max_steps is None or ordering.num_steps <= max_steps
    expect(few, "start", f"an ordering of at most {max_steps} steps", ordering)
    images, labels = images_with_classes(
        "data", data, model.image_shape, model.resizing, model.num_classes(task), max_images
    )
    num_classes = model.num_classes(task) or int(labels.max()) + 1
    started, generator = time.perf_counter(), np.random.default_rng(seed)
    order = generator.permutation(len(labels))
    with no_gradients():
        scores = SubsetScores(StepRunner(model, task), images[order], labels[order], num_classes, ordering)
        run = EditRun(scores, ordering, _price(model, task, ordering, cost), _key(model, task), seconds)
        run.shorten() if only_truncations else run.search(generator, max_steps)
    errors = [float(np.mean(trial.errors)) for trial in (run.trials[0], run.present)]
    tried = tuple(trial.row() for trial in run.trials)
    passed = time.perf_counter() - started
    return EditSearch(run.present.ordering, *errors, len(tried), passed, tried, run.out_of_time)


def expect_budget(seconds, cost, max_steps):
    """Raises `ValueError` unless a search may take so many seconds, so much cost and so many steps."""
    possible = seconds is None or seconds >= 0
    expect(possible, "seconds", "a number from 0, or None", seconds)
    expect(cost >= 0 and math.isfinite(cost), "cost", "a finite number from 0", cost)
    if max_steps is not None:
        expect_count("max_steps", max_steps)


def _start(model, task, start):
    present = model.ordering(task)
    start = present if start is None else start
    if not isinstance(start, Ordering):
        blocks = list(start)
        start = as_ordering(blocks, model.bank.num_blocks)
        steps = tuple(min(step, present.num_steps - 1) for step in range(start.num_steps))
        return Ordering(start.weights, steps)
    known = all(0 <= step < present.num_steps for step in start.norm_steps)
    expect(known, "start", f"made from this task's {present.num_steps} steps", start)
    return as_ordering(start, model.bank.num_blocks).hard()


def _price(model, task, start, cost):
    """Returns the function from an ordering to what its multiply-adds add to its score."""
    height, width, _ = model.features_shape
    step, present = model.bank.macs_per_step(height, width), model.task_layers[task].num_steps

    def macs(ordering):
        return model.count_macs(task) + (ordering.num_steps - present) * step

    at_start = macs(start)
    return lambda ordering: cost * macs(ordering) / at_start


def _key(model, task):
    """Returns the function that tells orderings apart: by their norms, too, where the steps have any."""
    if model.task_layers[task].norms.places:
        return lambda ordering: (ordering.blocks, ordering.norm_steps)
    return lambda ordering: ordering.blocks
