"""What adapting a task and adapting to a domain have in common: what trains, the fit, the statistics."""

import contextlib
import dataclasses

import keras

from keras_modnet.data.reading import first_batches
from keras_modnet.layers.replicas import strategy_scope
from keras_modnet.layers.values import value_of
from keras_modnet.models import trainability
from keras_modnet.models.running import STATISTICS_PARTS
from keras_modnet.training.losses import ClassCrossentropy
from keras_modnet.training.optimizers import adamw, jit_compile
from keras_modnet.training.schedules import cosine
from keras_modnet.training.statistics import refresh_statistics

# Where orderings are drawn near the present one: each step's block keeps this share of the probability.
START_CONFIDENCE = 0.8
# Share of the steps in which the rate rises where blocks or stem train. 26 handwritten letters, 20 images each, on all
# of a DINOv2-S at a rate of 3e-5: 66 % at the start, 19 % after an epoch without a rise, 67 % at the end with it.
WARMUP_SHARE = 0.25


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
    loss = ClassCrossentropy() if loss is None else loss
    with strategy_scope(model):
        optimizer = adamw(learning_rate, weight_decay, own.trainable_variables)
        own.compile(optimizer, loss, metrics=list(metrics), jit_compile=jit_compile())


def fit_task(model, task, train_data, **options):
    """Fits the model of a task as Keras does; returns `{name: [value of each epoch]}`."""
    fitted = model.task(task).fit(train_data, **options)
    return {name: [float(value) for value in values] for name, values in fitted.history.items()}


class LearningRate(keras.callbacks.Callback):
    """Lowers the learning rate from epoch to epoch, by a half cosine towards zero, after a rise from step to step.

    AdamW's first steps are as long as its later ones while its mean squares know little: a network whose features are
    good already loses them there. Where its kernels train, a rise over the first steps keeps them.

    Args:
        learning_rate: of the first epoch, but for the rise.
        epochs: epochs of the whole way.
        warmup_share: share of all steps in which the rate rises linearly; 0 for none.
    """

    def __init__(self, learning_rate, epochs, warmup_share=0.0):
        super().__init__()
        self.learning_rate, self.epochs, self.warmup_share = learning_rate, epochs, warmup_share
        self._steps = 0

    def on_train_begin(self, logs=None):
        """Reckons how many steps the rise takes; none where nobody knows how many batches there are."""
        self._rise = round(self.warmup_share * self.epochs * (self.params["steps"] or 0))

    def on_epoch_begin(self, epoch, logs=None):
        """Assigns the rate of an epoch."""
        self._peak = cosine(self.learning_rate, 0.0, epoch / self.epochs)
        self.model.optimizer.learning_rate.assign(self._peak)

    def on_epoch_end(self, epoch, logs=None):
        """Logs the rate of the last step."""
        logs["learning_rate"] = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))

    def on_train_batch_begin(self, batch, logs=None):
        """Assigns the rate of a step of the rise; the last one has that of its epoch."""
        if self._steps < self._rise:
            self._steps += 1
            self.model.optimizer.learning_rate.assign(self._peak * self._steps / self._rise)


def learning_rate_of(learning_rate, epochs, parts):
    """Returns the `LearningRate` for what trains: it rises for a quarter of the steps where kernels of blocks do."""
    return LearningRate(learning_rate, epochs, WARMUP_SHARE if {"bank", "stem"} & set(parts) else 0.0)


def gather_statistics(model, task, parts, dataset, batches):
    """Re-estimates the task's statistics of the given parts from the first batches of a dataset."""
    renamed = {"norm" if part == "statistics" else part for part in parts}
    follow = [part for part in STATISTICS_PARTS if part in renamed]
    if follow:
        refresh_statistics(model, task, first_batches(dataset, batches), follow)
