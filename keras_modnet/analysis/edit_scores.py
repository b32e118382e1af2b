"""Scores orderings of a task on layers of their own, beside a model that stays as it is."""

import keras
import numpy as np

from keras_modnet.checks import expect
from keras_modnet.data.checks import check_images, check_labels, class_indices
from keras_modnet.layers.gradients import no_gradients
from keras_modnet.models.running import STATISTICS_PARTS, logits_with_ordering, measured_statistics


class ScratchTasks:
    """Layers that take on one edited ordering after the other: one `TaskLayers` for each number of steps.

    Args:
        model: a `ModNet`.
        task: name of the task whose norms and head the layers copy.
    """

    def __init__(self, model, task):
        self.model, self.task = model, task
        self._by_steps = {}

    def take(self, ordering, statistics=None):
        """Returns `TaskLayers` with an edited ordering; they are good until the next call.

        Args:
            ordering: an `Ordering` made from the task's present one.
            statistics: one of what `measure` returned; None leaves the moving statistics that follow the norms.
        """
        own, steps = self.model.task_layers[self.task], ordering.num_steps
        if steps not in self._by_steps:
            spec = own.spec() | {"num_steps": steps, "mixed": False}
            self._by_steps[steps] = self.model.make_task(self.task, **spec)
        layers = self._by_steps[steps]
        layers.norms.assign_rows(own.steps.norm_rows(ordering.weights, ordering.norm_steps))
        layers.take_head(own)
        layers.router.set_weights_now(ordering.weights)
        variables = layers.variables_by_name()
        for name, value in (statistics or {}).items():
            variables[name].assign(value)
        return layers


def measure(scratch, orderings, batches):
    """Returns for each ordering what `refresh_statistics` would give the model, `{name: array}`.

    Args:
        scratch: `ScratchTasks`.
        orderings: edited `Ordering` objects.
        batches: iterable of image batches, read once.

    Raises:
        ValueError: no batch, or images that the model cannot take.
    """
    model = scratch.model
    sums, count = [{} for _ in orderings], 0
    with no_gradients():
        for images in batches:
            check_images(f"task {scratch.task}", images, model.image_shape)
            features = model.stem(images)
            for total, ordering in zip(sums, orderings, strict=True):
                measured = measured_statistics(model.bank, scratch.take(ordering), features, STATISTICS_PARTS)
                for name, value in measured.items():
                    total[name] = total.get(name, 0.0) + value
            count += 1
    expect(count > 0, "statistics", "at least one batch of images", "none")
    return [{name: np.asarray(value / count, "float32") for name, value in total.items()} for total in sums]


def correctness(scratch, orderings, statistics, batches):
    """Returns which images each ordering classifies correctly, `(len(orderings), n)` booleans.

    Args:
        scratch: `ScratchTasks`.
        orderings: edited `Ordering` objects.
        statistics: what `measure` returned, or None for each.
        batches: iterable of `(images, labels)`, read once.

    Raises:
        ValueError: no batch, or images or labels that the task cannot take.
    """
    model, correct = scratch.model, []
    with no_gradients():
        for images, labels in batches:
            check_images(f"task {scratch.task}", images, model.image_shape)
            check_labels(f"task {scratch.task}", labels, model.num_classes(scratch.task), len(images))
            classes, features = class_indices(labels), model.stem(images)
            rows = []
            for ordering, values in zip(orderings, statistics, strict=True):
                layers = scratch.take(ordering, values)
                logits = logits_with_ordering(model.bank, layers, features, ordering.weights)
                rows.append(keras.ops.convert_to_numpy(logits).argmax(-1) == classes)
            correct.append(rows)
    expect(len(correct) > 0, "dataset", "at least one batch of images and labels", "none")
    return np.concatenate(correct, axis=1)
