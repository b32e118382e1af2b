"""Layers whose values are rows of tables, so that one graph runs many tasks. Imports TensorFlow where it runs."""

import keras
import numpy as np


class StoredLayers:
    """Tables of values for the layers of Keras models of equal layers.

    Args:
        tables: a `Table` for each layer that has weights, in their order.
        model: a Keras model with these layers, on TensorFlow.
        values: the `FlatValues` to store them in.

    Attributes:
        num_rows: how many rows a step looks up: often one for all norms, and one for all else of a block.
    """

    def __init__(self, tables, model, values):
        self._values, self._places, self._which = values, [], []
        distinct = {table.rows.tobytes(): table.rows for table in tables}
        self.num_rows = len(distinct)
        self._rows = np.stack(list(distinct.values()), -1) if tables else None
        for layer, table in zip(_layers(model), tables, strict=True):
            for weight, rows in zip(layer.weights, table.values, strict=True):
                self._places.append(values.put(rows, weight.dtype))
                self._which.append(list(distinct).index(table.rows.tobytes()))

    def rows(self, task, start, stop):
        """Returns what `run` takes at the steps from `start` to `stop` of a task, a scalar: int32 `(num_rows,)`s."""
        import tensorflow as tf

        if self._rows is None:
            return [tf.zeros(0, tf.int32)] * (stop - start)
        return tf.unstack(tf.gather(tf.constant(self._rows[:, start:stop]), task))

    def run(self, model, x, rows):
        """Returns what a model makes of `x` with the values of one step's rows, int32 `(num_rows,)`."""
        import tensorflow as tf

        weights = [weight for layer in _layers(model) for weight in layer.weights]
        values = self._values.read(self._places, tf.gather(rows, self._which) if self._which else rows)
        with keras.StatelessScope(state_mapping=list(zip(weights, values, strict=True))):
            return model(x, training=False)


def _layers(model):
    return [layer for layer in model.layers if layer.weights]
