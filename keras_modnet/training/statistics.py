"""Batch norm statistics of a task, gathered anew for the ordering that runs."""

import numpy as np

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.models.running import STATISTICS_PARTS


def refresh_statistics(model, task, batches, parts=STATISTICS_PARTS):
    """Replaces the moving statistics of a task by their plain mean over some batches, with its hard ordering.

    Statistics that were gathered while orderings were drawn belong to many networks; those of the one that runs may be
    far away. Nothing but the statistics changes, whatever trains.

    Args:
        model: a `ModNet`.
        task: name of the task.
        batches: iterable of image batches `(batch, H, W, C)`, at least one; tuples count by their first element.
        parts: whose statistics: "norm" those of the steps, "head" those of the head's norm; default both.

    Raises:
        ValueError: an unknown task or part, or no batches.

    Reference:
        Re-estimated statistics: Izmailov et al. 2018, "Averaging weights leads to wider optima", section 3.2.
    """
    expect_one_of("task", task, model.task_names)
    for part in parts:
        expect_one_of("parts", part, STATISTICS_PARTS)
    sums, count = {}, 0
    for batch in batches:
        images = batch[0] if isinstance(batch, tuple | list) else batch
        for name, value in model.batch_statistics(task, images, parts).items():
            sums[name] = sums.get(name, 0.0) + value
        count += 1
    expect(count > 0, "batches", "at least one batch of images", "none")
    variables = model.named_variables()
    for name, total in sums.items():
        variables[name].assign(np.asarray(total / count, "float32"))
