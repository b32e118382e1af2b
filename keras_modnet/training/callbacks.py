"""Keras callbacks for the search of an ordering: anneal, harden, watch the gap, keep what was found."""

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.layers.router import expect_confidence
from keras_modnet.models.running import logits_with_ordering, ordering_of
from keras_modnet.training.schedules import exponential


def _tasks_of(model, tasks):
    """Returns the named tasks; by default all that may draw, which those with a mixture never do."""
    drawing = tuple(name for name in model.task_names if not model.task_layers[name].mixed)
    for name in tasks or ():
        expect_one_of("tasks", name, drawing)
    return drawing if tasks is None else tuple(tasks)


class TemperatureAnnealing(keras.callbacks.Callback):
    """Lowers the Gumbel-softmax temperature from epoch to epoch, by equal ratios.

    Args:
        start: temperature of the first epoch.
        end: temperature from the last of the epochs on.
        epochs: epochs that the way takes.
        tasks: names of the tasks; default all whose ordering is no mixture.
        first_epoch: epoch, counted from 0, that has the start temperature; earlier ones have it too.

    Raises:
        ValueError: a temperature that is not positive, no epochs, or a negative first one.
    """

    def __init__(self, start=2.0, end=0.3, epochs=10, tasks=None, first_epoch=0):
        super().__init__()
        expect_count("epochs", epochs)
        expect_count("first_epoch", first_epoch, minimum=0)
        exponential(start, end, 0.0)
        self.start, self.end, self.epochs, self.tasks = start, end, epochs, tasks
        self.first_epoch = first_epoch

    def on_epoch_begin(self, epoch, logs=None):
        """Assigns the epoch's temperature."""
        temperature = exponential(self.start, self.end, (epoch - self.first_epoch) / max(self.epochs - 1, 1))
        for name in _tasks_of(self.model, self.tasks):
            self.model.task_layers[name].router.current_temperature.assign(temperature)


class WarmStart(keras.callbacks.Callback):
    """Trains the blocks in a fixed cycle first and lets the routers draw afterwards.

    Blocks that have learned nothing yet are alike, and an ordering of them has nothing to choose from.

    Args:
        epochs: first epoch, counted from 0, in which the routers draw; 0 leaves the routers alone.
        tasks: names of the tasks; default all whose ordering is no mixture.
        confidence: probability of the cycle's block where the draws begin, from 1 / num_blocks to under 1; None draws
            all blocks equally often.

    Raises:
        ValueError: a negative number of epochs, or, when training begins, a confidence outside its range.
    """

    def __init__(self, epochs, tasks=None, confidence=0.5):
        super().__init__()
        expect_count("epochs", epochs, minimum=0)
        self.epochs, self.tasks, self.confidence = epochs, tasks, confidence

    def on_train_begin(self, logs=None):
        """Refuses what would fail epochs later."""
        for name in _tasks_of(self.model, self.tasks):
            expect_confidence(self.confidence, self.model.task_layers[name].router.num_blocks)

    def on_epoch_begin(self, epoch, logs=None):
        """Sets the cycle at the beginning, and softens once."""
        if self.epochs == 0:
            return
        for name in _tasks_of(self.model, self.tasks):
            router = self.model.task_layers[name].router
            if epoch == 0:
                router.set_weights_now(cycle_weights(router.num_steps, router.num_blocks))
            elif epoch == self.epochs:
                router.soften(self.confidence)


def cycle_weights(num_steps, num_blocks):
    """Returns the ordering `0 1 2 ... 0 1 2 ...` as weights, `(num_steps, num_blocks)`."""
    return np.eye(num_blocks, dtype="float32")[np.arange(num_steps) % num_blocks]


class Harden(keras.callbacks.Callback):
    """Fixes every ordering at its most likely blocks, so that the last epochs train what will run.

    Args:
        epoch: first epoch, counted from 0, that trains with the hard ordering.
        tasks: names of the tasks; default all whose ordering is no mixture.
    """

    def __init__(self, epoch, tasks=None):
        super().__init__()
        expect_count("epoch", epoch, minimum=0)
        self.epoch, self.tasks = epoch, tasks

    def on_epoch_begin(self, epoch, logs=None):
        """Hardens once."""
        if epoch == self.epoch:
            for name in _tasks_of(self.model, self.tasks):
                self.model.task_layers[name].router.harden()


class SoftHardGap(keras.callbacks.Callback):
    """Logs, at the end of each epoch, how much accuracy the soft ordering has above the hard one.

    Adds `soft_hard_gap` to the epoch's logs: accuracy with the softmax of the logits as weights minus accuracy with the
    most likely blocks, in percentage points, both with the moving statistics. Zero once the ordering is hard.

    Args:
        task: name of the task.
        images: `(n, H, W, C)` array.
        labels: `(n,)` integers.
        batch_size: images at a time.
    """

    def __init__(self, task, images, labels, batch_size=256):
        super().__init__()
        expect(len(images) == len(labels) > 0, "labels", f"one for each of {len(images)} images", len(labels))
        self.task, self.images, self.labels, self.batch_size = task, images, np.asarray(labels), batch_size

    def on_epoch_end(self, epoch, logs=None):
        """Measures both accuracies."""
        ordering = ordering_of(self.model.task_layers[self.task])
        accuracies = [self._accuracy(which.weights) for which in (ordering, ordering.hard())]
        if logs is not None:
            logs["soft_hard_gap"] = 100 * (accuracies[0] - accuracies[1])

    def _accuracy(self, weights):
        starts = range(0, len(self.images), self.batch_size)
        batches = (self.images[start : start + self.batch_size] for start in starts)
        layers, stem = self.model.task_layers[self.task], self.model.stem
        logits = [logits_with_ordering(layers.bank, layers, stem(batch), weights) for batch in batches]
        predicted = np.concatenate([keras.ops.convert_to_numpy(batch).argmax(-1) for batch in logits])
        return float((predicted == self.labels).mean())


class OrderingHistory(keras.callbacks.Callback):
    """Keeps the ordering of each task as it is after each epoch.

    `analysis.plot_ordering_history(history.orderings["digits"])` draws how it formed.

    Args:
        tasks: names of the tasks; default all of the model that is fitted.

    Attributes:
        orderings: `{task: list with an Ordering for each epoch}`; a `fit` that goes on appends.
    """

    def __init__(self, tasks=None):
        super().__init__()
        self.tasks, self.orderings = tasks, {}

    def on_train_begin(self, logs=None):
        """Refuses tasks that the model lacks."""
        for name in self.tasks or ():
            expect_one_of("tasks", name, self.model.task_names)

    def on_epoch_end(self, epoch, logs=None):
        """Takes down the orderings."""
        for name in self.model.task_names if self.tasks is None else self.tasks:
            self.orderings.setdefault(name, []).append(ordering_of(self.model.task_layers[name]))
