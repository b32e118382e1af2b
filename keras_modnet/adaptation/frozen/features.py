"""What settles before a task's head, of many images: one pass over them."""

import numpy as np
from keras import ops

from keras_modnet.adaptation.frozen.models import SettledModel
from keras_modnet.layers.head_stages import settled
from keras_modnet.layers.replicas import strategy_scope
from keras_modnet.models.turns import alone_on
from keras_modnet.training.optimizers import jit_compile


def settled_shape(model, task):
    """Returns the shape of what settles of one image."""
    features = ops.zeros((1, *model.features_shape), dtype=model.compute_dtype)
    return tuple(settled(model.task_layers[task].head, features).shape[1:])


class SettledFeatures:
    """Computes what settles before the head of a task, with its present ordering, norms and statistics.

    Args:
        model: a `ModNet`.
        task: name of the task.
        batch_size: images that are computed at once.
        store: `FeatureStore` to keep it in.
    """

    def __init__(self, model, task, batch_size, store):
        self._bank, self._shape = model.bank, settled_shape(model, task)
        self._batch_size, self._store = batch_size, store
        with strategy_scope(model):
            self._network = SettledModel(model.stem, model.task_layers[task])
            self._network.compile(jit_compile=jit_compile(), run_eagerly=model.task(task).run_eagerly)

    def of(self, images):
        """Returns what settles of images `(n, H, W, C)`, a float32 array `(n, ...)`."""
        return self._store.keep((len(images), *self._shape), self._batches(images))

    def _batches(self, images):
        for start in range(0, len(images), self._batch_size):
            batch = images[start : start + self._batch_size]
            # A last batch of fewer images would be compiled once more.
            missing = min(self._batch_size, len(images)) - len(batch)
            padded = np.concatenate([batch, np.repeat(batch[:1], missing, axis=0)]) if missing else batch
            with alone_on(self._bank):
                yield self._network.predict_on_batch(padded)[: len(batch)]
