"""All steps of one task: the way of the features through the bank in the router's order."""

import keras

from keras_modnet.checks import expect
from keras_modnet.layers.step_norms import StepNorms


def run_steps(x, bank, ordering, normalizer):
    """Runs `x = x + branch(x; bank by ordering[step], norms[step])` for every step.

    Args:
        x: features `(batch, height, width, channels)`.
        bank: a built `BlockBank`.
        ordering: `(num_steps, num_blocks)`, float32, rows sum to one.
        normalizer: what `StepNorms.begin` returned.

    Returns:
        Features of the same shape.
    """
    for step, selection in enumerate(bank.select(ordering)):

        def normalize(place, candidates, weights, step=step):
            return normalizer.apply(step, place, candidates, weights)

        x = x + bank.branch(x, selection, normalize)
    return x


@keras.saving.register_keras_serializable(package="keras_modnet")
class OrderedSteps(keras.layers.Layer):
    """Runs a bank in a router's order, with norms of its own for each step.

    Several of these may share one bank; each is then a task on it.

    Args:
        bank: a `BlockBank`.
        router: a `GumbelRouter` or `FixedRouter` for as many blocks as the bank has.
        norm: `"batch"`, `"group"` or `"layer"`; a block kind that carries its own norms makes no use of it.

    Call arguments:
        x: features `(batch, height, width, channels)`.
        training: whether the router draws and statistics are gathered.

    Returns:
        Features of the same shape.

    Raises:
        ValueError: the router is for another number of blocks.
    """

    def __init__(self, bank, router, norm="batch", **kwargs):
        super().__init__(**kwargs)
        expect(router.num_blocks == bank.num_blocks, "router", f"for {bank.num_blocks} blocks", router.num_blocks)
        self.bank, self.router, self.norm = bank, router, norm

    def build(self, x_shape):
        """Makes the norms, and the bank's and the router's weights where they are not there yet."""
        if not self.bank.built:
            self.bank.build(x_shape)
        if not self.router.built:
            self.router.build(x_shape)
        self.norms = StepNorms(self.router.num_steps, self.bank.norm_places, self.norm, dtype=self.dtype_policy)
        self.norms.build()

    def call(self, x, training=None):
        """Runs the steps."""
        ordering = self.router(x, training=training) if self._draws else self.router(x)
        normalizer = self.norms.begin(training)
        x = run_steps(x, self.bank, ordering, normalizer)
        normalizer.finish()
        return x

    @property
    def _draws(self):
        return hasattr(self.router, "logits")

    def compute_output_shape(self, x_shape):
        """Returns the shape of the features."""
        return x_shape

    def get_config(self):
        """Returns the constructor's arguments; bank and router are the layers themselves.

        Keras serializes them where it saves a model and then marks what is shared. It would miss that in a dictionary
        that is serialized here, and a bank of two layers would come back as two banks.
        """
        return super().get_config() | {"bank": self.bank, "router": self.router, "norm": self.norm}

    @classmethod
    def from_config(cls, config):
        """Makes the layer again, from serialized parts or from the layers themselves."""
        parts = {name: config[name] for name in ("bank", "router")}
        made = {
            name: keras.saving.deserialize_keras_object(part) if isinstance(part, dict) else part
            for name, part in parts.items()
        }
        return cls(**(config | made))
