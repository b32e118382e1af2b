"""What adapting a task and adapting to a domain have in common: what trains, the fit, the statistics."""

import contextlib
import dataclasses

import keras

from keras_modnet.data.reading import first_batches
from keras_modnet.layers.values import value_of
from keras_modnet.models import trainability
from keras_modnet.models.running import STATISTICS_PARTS
from keras_modnet.training.losses import ClassCrossentropy
from keras_modnet.training.optimizers import adamw, jit_compile
from keras_modnet.training.schedules import cosine
from keras_modnet.training.statistics import refresh_statistics

# Where orderings are drawn near the present one: each step's block keeps this share of the probability.
START_CONFIDENCE = 0.8


@contextlib.contextmanager
def all_or_nothing(model, task):
    """Puts what trains back at the end of a `with` block; after an error ordering and weights, too.

    Args:
        model: a `ModNet`.
        task: name of the task that changes; stem and bank are put back with it.
    """
    former, before = trainability.part_states(model), model.ordering(task)
    own_norms = model.task_layers[task].own_norms
    values = {name: value_of(variable) for name, variable in _variables(model, task).items()}
    try:
        yield
    except BaseException:
        # Back to the former kind of ordering first, whose variables the values are of: norms, too, of as many steps.
        model.set_ordering(task, dataclasses.replace(before, norm_steps=(0,) * before.num_steps))
        model.set_own_norms(task, own_norms)
        for name, variable in _variables(model, task).items():
            variable.assign(values[name])
        raise
    finally:
        trainability.apply_part_states(model, former)


def _variables(model, task):
    return model.shared_variables() | model.task_layers[task].variables_by_name()


def configure(model, task, parts, verbose):
    """Lets only the given parts of the task train; says so in a table if `verbose`; returns the table.

    Where "norm" is among them and blocks carry their norms, the task gets norms of its own; its outputs stay.
    """
    if "norm" in parts and model.bank.block_norms:
        model.set_own_norms(task)
    if verbose:
        return model.train_only(task, parts)
    trainability.apply_part_states(model, trainability.states_for(model, task, parts))
    return trainability.trainable_table(model, task)


def compile_task(model, task, learning_rate, weight_decay, loss=None, metrics=("accuracy",)):
    """Compiles the model of a task with AdamW.

    Args:
        model: a `ModNet`.
        task: name of the task.
        learning_rate: a number or a Keras schedule.
        weight_decay: on kernels only.
        loss: function of labels and logits; default the cross-entropy of whole numbers or rows.
        metrics: Keras metrics.
    """
    own = model.task(task)
    optimizer = adamw(learning_rate, weight_decay, own.trainable_variables)
    loss = ClassCrossentropy() if loss is None else loss
    own.compile(optimizer, loss, metrics=list(metrics), jit_compile=jit_compile())


def fit_task(model, task, train_data, **options):
    """Fits the model of a task as Keras does; returns `{name: [value of each epoch]}`."""
    fitted = model.task(task).fit(train_data, **options)
    return {name: [float(value) for value in values] for name, values in fitted.history.items()}


def cooling(learning_rate, epochs):
    """Returns the callback that lowers the learning rate from epoch to epoch, by a half cosine towards zero."""
    return keras.callbacks.LearningRateScheduler(lambda epoch: cosine(learning_rate, 0.0, epoch / epochs))


def gather_statistics(model, task, parts, dataset, batches):
    """Re-estimates the task's statistics of the given parts from the first batches of a dataset."""
    renamed = {"norm" if part == "statistics" else part for part in parts}
    follow = [part for part in STATISTICS_PARTS if part in renamed]
    if follow:
        refresh_statistics(model, task, first_batches(dataset, batches), follow)
