"""The functions of signatures that run one task. Imports TensorFlow where it runs."""

from keras_modnet.export.answers import as_answer, where_valid
from keras_modnet.export.tracing import held, traced


class TaskFunctions:
    """Makes the functions that run one task: each calls, with the task's index, what all tasks of its kind share.

    Args:
        served: what the signatures serve, a `Served`.
    """

    def __init__(self, served):
        self._network, self._graph, self._names = served.network, served.graph, served.names
        self._decode, self._images, self._files = served.decode, served.images, served.files
        self._shared = {}

    def of(self, index, encoded):
        """Returns the function of a task.

        Args:
            index: the task's.
            encoded: whether it takes encoded images.
        """
        task, run = self._network.tasks[index], self._shared_by(self._network.tasks[index], encoded)

        def answer(given):
            values = run(given, index)
            for name in {"logits", "probabilities"} & set(values):
                values[name].set_shape((None, task.num_classes))
            return values

        return traced(answer, self._files if encoded else self._images)

    def _shared_by(self, task, encoded):
        import tensorflow as tf

        classifies, num_best = task.num_classes is not None, self._names.num_best(task)
        kind = (encoded, task.num_steps, task.pooling, classifies, num_best)
        if kind not in self._shared:
            index, images = tf.TensorSpec((), tf.int32), self._images

            def answer(images, index):
                images = held(images, self._network.image_shape)
                values = self._graph.run(images, index, task.num_steps, task.pooling, classifies)
                return as_answer(values, self._names, index, num_best) if classifies else {"features": values}

            def answer_files(files, index):
                images, valid = self._decode(files)
                return where_valid(answer(images, index), valid)

            self._shared[kind] = traced(answer_files, self._files, index) if encoded else traced(answer, images, index)
        return self._shared[kind]
