"""The graph that all tasks share: from images and a task's index to logits. Imports TensorFlow where it runs."""

from keras_modnet.export.flat_values import FlatValues
from keras_modnet.export.shared_steps import SharedSteps
from keras_modnet.export.stored_heads import StoredHeads
from keras_modnet.export.stored_layers import StoredLayers
from keras_modnet.export.tracing import traced

BEYOND = -1e9
"""Logit of a class that a task does not have; a number, since JSON has no infinity."""


class SharedGraph:
    """Runs the tasks of a network by functions that are traced once, whichever task runs.

    Args:
        network: the `ServedNetwork`; Keras must run on TensorFlow.

    Attributes:
        variables: TensorFlow's variables that the functions read.
        width: most classes of any task; 0 where none has any.
    """

    def __init__(self, network):
        import tensorflow as tf

        values = FlatValues()
        self._models, self._tasks = network.models, network.tasks
        self.width = max(task.num_classes or 0 for task in network.tasks)
        poolings = sorted({task.pooling for task in network.tasks})
        self._steps = SharedSteps(network, values)
        self._norms = StoredLayers(network.head_tables, network.models[poolings[0]], values)
        self._dense = {pooling: StoredHeads(network, pooling, values) for pooling in poolings}
        kinds = {(task.pooling, task.num_classes is not None) for task in network.tasks}
        index = tf.TensorSpec((), tf.int32)
        self._heads = {kind: traced(self._head(*kind), self._steps.features, index) for kind in sorted(kinds)}
        values.close()
        self.variables = values.variables

    def run(self, images, index, num_steps, pooling, classifies):
        """Returns logits `(batch, num_classes)` of one task, or what its head pools.

        Args:
            images: float32 `(batch, height, width, channels)`.
            index: the task's, a scalar of int32.
            num_steps: its steps.
            pooling: its pooling.
            classifies: whether it has classes.
        """
        return self._heads[pooling, classifies](self._steps.run(images, index, num_steps), index)

    def run_any(self, images, index):
        """Returns logits `(batch, width)` of one task that has classes; `BEYOND` for classes that it has not.

        Args:
            images: float32 `(batch, height, width, channels)`.
            index: the task's, a scalar of int32.
        """
        import tensorflow as tf

        x, poolings = self._steps.run_any(images, index), [pooling for pooling, classifies in self._heads if classifies]

        def logits_of(pooling):
            logits = self._heads[pooling, True](x, index)
            logits = tf.pad(logits, [[0, 0], [0, self.width - tf.shape(logits)[1]]], constant_values=BEYOND)
            return tf.ensure_shape(logits, (None, self.width))

        if len(poolings) == 1:
            return logits_of(poolings[0])
        places = [poolings.index(task.pooling) if task.num_classes else 0 for task in self._tasks]
        ways = [lambda pooling=pooling: logits_of(pooling) for pooling in poolings]
        return tf.switch_case(tf.gather(places, index), ways)

    def _head(self, pooling, classifies):
        def head(x, index):
            (rows,) = self._norms.rows(index, 0, 1)
            pooled = self._norms.run(self._models[pooling], x, rows)
            return self._dense[pooling].logits(pooled, index) if classifies else pooled

        return head
