"""A task run otherwise than it is: with a given ordering, or measuring the statistics of its images."""

import keras

from keras_modnet.layers.steps import run_steps
from keras_modnet.models.ordering import Ordering

STATISTICS_PARTS = ("norm", "head")


class RunsOrderings:
    """Mixin of `ModNet`: other orderings and other statistics than those that a task has."""

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


def ordering_of(layers):
    """Returns the `Ordering` of `TaskLayers`: softmax of the logits, one-hot once hardened; or the mixture it runs."""
    return Ordering(layers.router.weights_now(), mixed=layers.mixed)


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
    """Returns what `RunsOrderings.batch_statistics` does, by the names of `TaskLayers.variables_by_name`.

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
