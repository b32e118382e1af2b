"""The phases of adapting a task on a frozen bank, each a small function: configure, search, settle, keep, restore."""

import keras

from keras_modnet.checks import expect
from keras_modnet.models import trainability
from keras_modnet.models.runs_tasks import STATISTICS_PARTS
from keras_modnet.training.callbacks import Harden, TemperatureAnnealing
from keras_modnet.training.optimizers import adamw, jit_compile
from keras_modnet.training.schedules import cosine
from keras_modnet.training.statistics import refresh_statistics

# Where a search near the present ordering starts: each step's block keeps this share of the probability.
START_CONFIDENCE = 0.8


def configure(model, task, parts, verbose):
    """Lets only the given parts of the task train; says so in a table if `verbose`; returns the table."""
    if verbose:
        return model.train_only(task, parts)
    trainability.apply_part_states(model, trainability.states_for(model, task, parts))
    model.forget_functions()
    return trainability.trainable_table(model, task)


def soften(model, task, start):
    """Prepares the router for a search.

    Args:
        model: a `ModNet`.
        task: name of the task.
        start: "source": near the present ordering; "uniform": equal probabilities.
    """
    router = model.task_layers[task].router
    router.soften(START_CONFIDENCE if start == "source" else None)


def search_callbacks(task, epochs, temperatures):
    """Returns annealing and hardening: half of the epochs search, the rest trains what will run.

    Args:
        task: name of the task.
        epochs: epochs in all, at least 2.
        temperatures: Gumbel-softmax temperature of the first and of the last search epoch.
    """
    expect(epochs >= 2, "epochs", "at least 2 to learn an ordering: one to search, one to train it", epochs)
    search = epochs // 2
    return [TemperatureAnnealing(*temperatures, epochs=search, tasks=[task]), Harden(search, tasks=[task])]


def cooling(learning_rate, epochs):
    """Returns the callback that lowers the learning rate from epoch to epoch, by a half cosine towards zero."""
    return keras.callbacks.LearningRateScheduler(lambda epoch: cosine(learning_rate, 0.0, epoch / epochs))


def compile_for(model, learning_rate, weight_decay):
    """Compiles the model for integer labels of its selected task."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = adamw(learning_rate, weight_decay, model.trainable_variables)
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=jit_compile())


def settle_statistics(model, task, parts, dataset, batches):
    """Re-estimates the task's statistics where the parts let them follow."""
    renamed = {"norm" if part == "statistics" else part for part in parts}
    follow = [part for part in STATISTICS_PARTS if part in renamed]
    if follow:
        refresh_statistics(model, task, first_batches(dataset, batches), follow)


def first_batches(dataset, count):
    """Yields the images of the first `count` batches of a dataset."""
    if isinstance(dataset, keras.utils.PyDataset):
        yield from (dataset[index][0] for index in range(min(count, dataset.num_batches)))
        return
    for index, batch in enumerate(dataset):
        if index == count:
            return
        yield batch[0]
