"""The dense layers of the tasks' heads. Imports TensorFlow where it runs."""


class StoredHeads:
    """Dense layers of tasks that pool in one way, of any numbers of classes.

    Args:
        network: the `ServedNetwork`.
        pooling: the way.
        values: the `FlatValues` to store them in.
    """

    def __init__(self, network, pooling, values):
        own = [task.name for task in network.tasks if task.num_classes is not None and task.pooling == pooling]
        # Whose index asks for none gets the first one's, and never asks.
        self._which = [own.index(task.name) if task.name in own else 0 for task in network.tasks]
        pairs = [[values.put(part[None], "float32") for part in network.kernels[name]] for name in own]
        self._kernels, self._biases = zip(*pairs, strict=True) if pairs else ((), ())
        self._values = values

    def logits(self, pooled, task):
        """Returns logits `(batch, classes of the task)` of what was pooled.

        Args:
            pooled: float32 `(batch, channels)`.
            task: its index, a scalar.
        """
        import tensorflow as tf

        which = tf.gather(self._which, task)
        kernel, bias = (self._values.read_one_of(places, which) for places in (self._kernels, self._biases))
        return tf.matmul(pooled, kernel, transpose_b=True) + bias
