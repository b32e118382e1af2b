"""The way of the images: stem, steps in the task's order, head."""

import keras

from keras_modnet.layers.steps import run_steps


class RunsTasks:
    """Mixin of `ModNet`: what happens to images."""

    def call(self, images, training=None):
        """Runs one task, or the tasks that are the keys of `images`."""
        if isinstance(images, dict):
            return {name: self._run(name, batch, training) for name, batch in images.items()}
        return self._run(self._selected, images, training)

    def _run(self, name, images, training):
        layers = self._layers_of(name)
        ordering = layers.router(training=training)
        normalizer = layers.norms.begin(training)
        features = run_steps(self.stem(images), self.bank, ordering, normalizer)
        normalizer.finish()
        return layers.head(features, training=training)

    def run_with_ordering(self, task, images, weights):
        """Returns inference logits of a task with other weights over the blocks than its own.

        Args:
            task: name of the task.
            images: `(batch, height, width, channels)`.
            weights: `(num_steps, num_blocks)`, rows sum to one.
        """
        layers = self._layers_of(task)
        ordering = keras.ops.convert_to_tensor(weights, "float32")
        features = run_steps(self.stem(images), self.bank, ordering, layers.norms.begin(training=False))
        return layers.head(features, training=False)

    def batch_statistics(self, task, images):
        """Returns the statistics that one batch has at every batch norm of a task, with its hard ordering.

        Args:
            task: name of the task.
            images: `(batch, height, width, channels)`.

        Returns:
            `{name: array}` by the names of `named_variables`; empty where the norms have none. Nothing changes.
        """
        layers = self._layers_of(task)
        steps, output = layers.norms.measure(), layers.head.norms.measure()
        features = run_steps(self.stem(images), self.bank, layers.router(training=False), steps)
        output.apply(0, "output", [features], None)
        measured = {f"tasks/{task}/norm/{name}": value for name, value in steps.statistics().items()}
        measured |= {f"tasks/{task}/head/{name}": value for name, value in output.statistics().items()}
        return {name: keras.ops.convert_to_numpy(value) for name, value in measured.items()}
