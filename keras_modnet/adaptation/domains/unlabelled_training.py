"""Training by an objective that needs no labels, and the choice of the epoch to keep by the same objective."""

import dataclasses

import keras
import numpy as np

from keras_modnet.adaptation.training import START_CONFIDENCE, LearningRate, compile_task, configure, fit_task
from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.layers.values import value_of
from keras_modnet.training.callbacks import TemperatureAnnealing

LAST_TEMPERATURE = 0.3


@dataclasses.dataclass(frozen=True)
class Settings:
    """How parts of a task train on images without labels.

    Attributes:
        parts: what trains, as `adapt_task` takes it.
        objective: function from logits to a scalar.
        epochs: passes over the images.
        learning_rate: of AdamW in the first epoch; falls by a half cosine.
        weight_decay: of AdamW, on kernels only.
        batch_size: images in a batch.
        seed: fixes the order of the images.
        verbose: as in `fit`.
    """

    parts: tuple[str, ...]
    objective: object
    epochs: int
    learning_rate: float
    weight_decay: float
    batch_size: int
    seed: int
    verbose: object


def train_unlabelled(model, task, images, scores, settings, temperature=None):
    """Trains, and gives the model the weights of the epoch with the lowest score; those at the start are one choice.

    Args:
        model: a `ModNet`.
        task: name of the task.
        images: `(n, H, W, C)`.
        scores: `DomainScores`; what would run after each epoch is scored, a hard ordering or a mixture.
        settings: `Settings`.
        temperature: Gumbel-softmax temperature at the start, where the ordering is drawn; else None.

    Returns:
        The lowest score, and the history of `fit` with the score of each epoch as `"score"`.
    """
    configure(model, task, settings.parts, verbose=False)
    keep = _KeepBest(model, task, scores)
    if temperature is not None:
        model.task_layers[task].router.soften(START_CONFIDENCE)
    loss = _without_labels(settings.objective)
    compile_task(model, task, settings.learning_rate, settings.weight_decay, loss, metrics=())
    anneal = [] if temperature is None else [_annealing(temperature, settings.epochs, task)]
    callbacks = [LearningRate(settings.learning_rate, settings.epochs), *anneal, keep]
    # Keras wants labels; the loss does not look at them.
    own = {"batch_size": settings.batch_size, "seed": settings.seed}
    data = ArrayBatches(images, np.zeros(len(images), "int32"), **own)
    history = fit_task(model, task, data, epochs=settings.epochs, callbacks=callbacks, verbose=settings.verbose)
    keep.put_back()
    return keep.score, history | {"score": keep.seen}


def _annealing(temperature, epochs, task):
    return TemperatureAnnealing(temperature, min(temperature, LAST_TEMPERATURE), epochs=epochs, tasks=[task])


def _without_labels(objective):
    """Returns the objective as a Keras loss."""

    def loss(labels, logits):
        return objective(logits)

    return loss


class _KeepBest(keras.callbacks.Callback):
    """Remembers the values of the epoch with the lowest score."""

    def __init__(self, network, task, scores):
        super().__init__()
        self._network, self._task, self._scores = network, task, scores
        self.seen, self.score = [], np.inf
        self._look()

    def on_epoch_end(self, epoch, logs=None):
        """Scores the epoch."""
        self._look()

    def _look(self):
        # A soft ordering ends as its most likely blocks.
        score = self._scores.score(self._network.ordering(self._task).as_run())
        self.seen.append(score)
        if score < self.score:
            self.score = score
            self._values = {name: value_of(variable) for name, variable in self._network.named_variables().items()}

    def put_back(self):
        for name, variable in self._network.named_variables().items():
            variable.assign(self._values[name])
        self._network.set_ordering(self._task, self._network.ordering(self._task).as_run())
