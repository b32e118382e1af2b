"""The way of the images: stem, steps in the task's order, head."""

import keras

from keras_modnet.layers.steps import run_steps

STATISTICS_PARTS = ("norm", "head")


class RunsTasks:
    """Mixin of `ModNet`: what happens to images."""

    def call(self, images, training=None):
        """Runs one task, or the tasks that are the keys of `images`."""
        if isinstance(images, dict):
            return {name: self._run(name, batch, training) for name, batch in images.items()}
        return self._run(self._selected, images, training)

    def _run(self, name, images, training):
        layers = self._layers_of(name)
        ordering, hard = layers.router(training=training), layers.router.gives_hard(training)
        if not isinstance(hard, bool) and keras.backend.backend() == "tensorflow" and self.jit_compile:
            hard = False  # Around a choice XLA's training steps are many times slower there; mixing costs little.
        normalizer = layers.norms.begin(training)
        features = run_steps(self.stem(images, training=training), self.bank, ordering, normalizer, hard, self.unroll)
        normalizer.finish()
        return layers.head(features, training=training)

    def run_with_ordering(self, task, images, weights):
        """Returns inference logits of a task with other weights over the blocks than its own.

        Args:
            task: name of the task.
            images: `(batch, height, width, channels)`.
            weights: `(num_steps, num_blocks)`, rows sum to one.
        """
        return logits_with_ordering(self.bank, self._layers_of(task), self.stem(images), weights)

    def batch_statistics(self, task, images, parts=STATISTICS_PARTS):
        """Returns the statistics that one batch has at every batch norm of a task, as it runs at inference.

        Args:
            task: name of the task.
            images: `(batch, height, width, channels)`.
            parts: whose statistics: "norm" those of the steps, "head" those of the head's norm. The others normalize
                with the moving statistics that they have, as they will when the task runs.

        Returns:
            `{name: array}` by the names of `named_variables`; empty where the norms have none. Nothing changes.
        """
        measured = measured_statistics(self.bank, self._layers_of(task), self.stem(images), parts)
        return {f"tasks/{task}/{name}": value for name, value in measured.items()}


def logits_with_ordering(bank, layers, features, weights):
    """Returns inference logits from the stem's features, with given weights over the blocks.

    Args:
        bank: the built bank.
        layers: `TaskLayers`; they need not belong to a model.
        features: `(batch, height, width, channels)`, what the stem returns.
        weights: `(num_steps, num_blocks)`, rows sum to one.
    """
    ordering = keras.ops.convert_to_tensor(weights, "float32")
    features = run_steps(features, bank, ordering, layers.norms.begin(training=False))
    return layers.head(features, training=False)


def measured_statistics(bank, layers, features, parts):
    """Returns what `RunsTasks.batch_statistics` does, by the names of `TaskLayers.variables_by_name`.

    Args:
        bank: the built bank.
        layers: `TaskLayers`; they need not belong to a model.
        features: `(batch, height, width, channels)`, what the stem returns.
        parts: any of `STATISTICS_PARTS`.
    """
    own = {"norm": layers.norms} | ({} if layers.head.norms is None else {"head": layers.head.norms})
    passes = {part: norms.measure() if part in parts else norms.begin(training=False) for part, norms in own.items()}
    ordering, hard = layers.router(training=False), layers.router.gives_hard(False)
    features = run_steps(features, bank, ordering, passes["norm"], hard=hard)
    layers.head.pool(features, passes.get("head"))
    return {
        f"{part}/{name}": keras.ops.convert_to_numpy(value)
        for part, normalizer in passes.items()
        for name, value in normalizer.statistics().items()
    }
