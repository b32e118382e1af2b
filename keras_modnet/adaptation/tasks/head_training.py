"""A head that trains on features that are computed once."""

import numpy as np
from keras import ops

from keras_modnet.adaptation.frozen.features import SettledFeatures
from keras_modnet.adaptation.frozen.models import SettledHead
from keras_modnet.adaptation.heads.closed_form import MAX_IMAGES, ridge_head
from keras_modnet.adaptation.tasks.start import STATISTICS_BATCHES
from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.data.checks import class_indices
from keras_modnet.data.epochs import with_epochs
from keras_modnet.data.reading import batches_of, first_batches
from keras_modnet.layers.gradients import no_gradients
from keras_modnet.layers.head_stages import pool_settled
from keras_modnet.layers.replicas import strategy_scope
from keras_modnet.models.turns import alone_on
from keras_modnet.training.class_accuracy import answers_of
from keras_modnet.training.optimizers import jit_compile


class HeadTraining:
    """Trains the head of a task while nothing else does; one pass over the images, and numbers as without it.

    Args:
        model: a `ModNet`; the model of the task is compiled.
        task: name of the task.
        data: `ArrayBatches` of images.
        validation_data: arrays `(images, labels)` or `(images, labels, weights)`, `ArrayBatches` of them, or None.
        store: `FeatureStore`.
        seed: that of `data`.
    """

    def __init__(self, model, task, data, validation_data, store, seed):
        self._model, self._task, self._head = model, task, model.task_layers[task].head
        features = SettledFeatures(model, task, data.batch_size, store)
        images, *beside = data.arrays
        self._data = ArrayBatches(features.of(images), *beside, batch_size=data.batch_size, seed=seed)
        self._network = None
        self._validation_data = None
        if isinstance(validation_data, ArrayBatches):
            validation_data = validation_data.arrays
        if validation_data is not None:
            self._validation_data = (features.of(validation_data[0]), *validation_data[1:])

    def start_head(self):
        """Gives the task a head in closed form, as `start.start_head` does."""
        self.gather_statistics()
        pooled, labels = self._first_pooled()
        kernel, bias = ridge_head(pooled, labels, self._head.num_classes)
        self._head.dense.kernel.assign(kernel.astype("float32"))
        self._head.dense.bias.assign(bias.astype("float32"))

    def _first_pooled(self):
        pooled, labels = [], []
        for values, own, *_ in batches_of(self._data):
            if sum(map(len, labels)) >= MAX_IMAGES:
                break
            normalizer = None if self._head.norms is None else self._head.norms.begin(training=False)
            pooled.append(self._pool(values, normalizer))
            labels.append(class_indices(own))
        return np.concatenate(pooled)[:MAX_IMAGES], np.concatenate(labels)[:MAX_IMAGES]

    def _pool(self, values, normalizer):
        with no_gradients():
            return ops.convert_to_numpy(pool_settled(self._head, ops.convert_to_tensor(values), normalizer))

    def fit(self, objective, **options):
        """Fits the head; returns `{name: [value of each epoch]}`.

        Args:
            objective: `Objective`.
            **options: further ones of `keras.Model.fit`.
        """
        compiled = self._model.task(self._task)
        with strategy_scope(self._model), alone_on(self._model.bank):
            self._network = network = SettledHead(self._head)
            # The optimizer of the task's model, which so is left as if it had been fitted itself.
            options |= {"validation_data": self._validation_data, "class_weight": objective.class_weight}
            network.compile(
                compiled.optimizer,
                compiled.loss,
                metrics=list(objective.metrics),
                jit_compile=jit_compile(),
                run_eagerly=compiled.run_eagerly,
            )
            options["callbacks"] = with_epochs(self._data, options.get("callbacks"))
            fitted = network.fit(self._data, **options)
        return {name: [float(value) for value in values] for name, values in fitted.history.items()}

    def answers(self):
        """Yields `(logits, labels)` of the validation data, batch by batch, after `fit`."""
        features, labels = self._validation_data[:2]
        size = self._data.batch_size
        batches = [(features[at : at + size], labels[at : at + size]) for at in range(0, len(labels), size)]
        with alone_on(self._model.bank):
            yield from answers_of(self._network, batches)

    def gather_statistics(self):
        """Re-estimates the statistics of the head's norm, if it has any."""
        norms = self._head.norms
        if norms is None or not norms.has_statistics("output"):
            return
        measured = []
        for values in first_batches(self._data, STATISTICS_BATCHES):
            normalizer = norms.measure()
            self._pool(values, normalizer)
            measured.append({name: ops.convert_to_numpy(own) for name, own in normalizer.statistics().items()})
        for name in measured[0]:
            norms.variables_by_name()[name].assign(np.mean([own[name] for own in measured], axis=0))
