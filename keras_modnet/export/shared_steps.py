"""The steps of all tasks in one graph: from images and a task's index to features. Imports TensorFlow where it runs."""

import itertools

from keras_modnet.export.stored_layers import StoredLayers
from keras_modnet.export.tracing import traced


class SharedSteps:
    """Runs the steps of tasks by functions that are traced once, whichever task runs.

    One function for a step is called as often as there are steps, and takes what its task runs there by index.
    TensorFlow puts the step's operations in the place of each call before it runs them: a call costs few bytes in the
    file, and no time. Tasks of more steps go on where those of fewer end.

    Args:
        network: the `ServedNetwork`; Keras must run on TensorFlow.
        values: the `FlatValues` to store its values in.

    Attributes:
        features: TensorFlow's spec of the features.
    """

    def __init__(self, network, values):
        import tensorflow as tf

        self._stem, self._step = network.models["stem"], network.models["step"]
        self._stored = StoredLayers(network.step_tables, self._step, values)
        self._stored_stem = StoredLayers(network.stem_tables, self._stem, values)
        self.features = tf.TensorSpec(self._step.input.shape, self._step.input.dtype)
        self._num_steps = [task.num_steps for task in network.tasks]
        images, index = tf.TensorSpec((None, *network.image_shape), tf.float32), tf.TensorSpec((), tf.int32)
        self._embed = traced(self._run_stem, images)
        self._one_step = traced(self._run_step, self.features, tf.TensorSpec((self._stored.num_rows,), tf.int32))
        self._stretches = {
            (start, stop): traced(self._stretch(start, stop), self.features, index)
            for start, stop in itertools.pairwise([0, *sorted(set(self._num_steps))])
        }
        self._ways = {stop: traced(self._way(stop), images, index) for _, stop in self._stretches}

    def run(self, images, index, num_steps):
        """Returns the features of images behind the last step of a task.

        Args:
            images: float32 `(batch, height, width, channels)`.
            index: the task's, a scalar of int32.
            num_steps: its steps.
        """
        return self._ways[num_steps](images, index)

    def run_any(self, images, index):
        """Returns what `run` does, whatever steps the task has."""
        import tensorflow as tf

        x, num_steps = self._embed(images), tf.gather(self._num_steps, index)
        for (start, _), stretch in self._stretches.items():
            if start == 0:
                x = stretch(x, index)
            else:
                x = tf.cond(num_steps > start, lambda x=x, stretch=stretch: stretch(x, index), lambda x=x: x)
        return x

    def _run_stem(self, images):
        import tensorflow as tf

        (rows,) = self._stored_stem.rows(0, 0, 1)
        return tf.cast(self._stored_stem.run(self._stem, images, rows), self.features.dtype)

    def _run_step(self, x, rows):
        import tensorflow as tf

        return tf.cast(self._stored.run(self._step, x, rows), self.features.dtype)

    def _stretch(self, start, stop):
        def stretch(x, index):
            for rows in self._stored.rows(index, start, stop):
                x = self._one_step(x, rows)
            return x

        return stretch

    def _way(self, end):
        def way(images, index):
            x = self._embed(images)
            for (_, stop), stretch in self._stretches.items():
                x = stretch(x, index) if stop <= end else x
            return x

        return way
