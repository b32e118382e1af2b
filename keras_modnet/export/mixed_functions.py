"""The functions of signatures in which each row says its task. Imports TensorFlow where it runs."""

from keras_modnet.export.answers import as_answer, where_valid
from keras_modnet.export.mixed_rows import run_by_task
from keras_modnet.export.tracing import held, traced


class MixedFunctions:
    """Makes the functions that run rows of several tasks.

    Args:
        served: what the signatures serve, a `Served`; two tasks or more have classes.
    """

    def __init__(self, served):
        import tensorflow as tf

        self._network, self._graph, self._names = served.network, served.graph, served.names
        self._decode, self._images, self._files = served.decode, served.images, served.files
        self._task = tf.TensorSpec((None,), tf.int32, name="task")
        self._task_name = tf.TensorSpec((None,), tf.string, name="task_name")
        self._rows = traced(self._answer, self._images, self._task, tf.TensorSpec((None,), tf.bool))

    def of(self, by_name, encoded):
        """Returns the function.

        Args:
            by_name: whether rows say their tasks' names, and not the indices.
            encoded: whether it takes encoded images.
        """
        read = self._decode if encoded else _all_valid
        look_up = self._index_of if by_name else lambda task: task

        def answer(given, asked):
            images, valid = read(given)
            return self._rows(images, look_up(asked), valid)

        return traced(answer, self._files if encoded else self._images, self._task_name if by_name else self._task)

    def _answer(self, images, task, valid):
        import tensorflow as tf

        same = tf.debugging.assert_equal(tf.shape(images)[0], tf.size(task), "There must be one task for each image.")
        with tf.control_dependencies([same]):
            images, task = held(images, self._network.image_shape), tf.identity(task)
        with_classes = [index for index, task in enumerate(self._network.tasks) if task.num_classes is not None]
        valid = valid & tf.reduce_any(tf.equal(tf.expand_dims(task, 1), with_classes), 1)
        # Looked up for rows that are not valid, too.
        task = tf.where(valid, task, with_classes[0])
        logits = run_by_task(self._graph.run_any, images, task, valid, self._graph.width)
        return where_valid(as_answer(logits, self._names, task, self._names.num_best_of_any), valid)

    def _index_of(self, task_name):
        import tensorflow as tf

        same = tf.equal(tf.expand_dims(task_name, 1), [task.name for task in self._network.tasks])
        return tf.where(tf.reduce_any(same, 1), tf.argmax(same, 1, tf.int32), -1)


def _all_valid(images):
    import tensorflow as tf

    return images, tf.ones(tf.shape(images)[:1], tf.bool)
