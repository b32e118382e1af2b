"""All steps of one task: the way of the features through the bank in the router's order."""

import keras
from keras import ops

from keras_modnet.checks import expect
from keras_modnet.layers.layer_dict import LayerDict
from keras_modnet.layers.loops import loop_over_rows, slow_inside, unrolls_best
from keras_modnet.layers.own_norms import block_rows, carried, expect_carried, rows_behind
from keras_modnet.layers.step_norms import StepNorms


def run_steps(x, bank, ordering, normalizer, hard=False, unroll=None):
    """Runs `x = x + branch(x; bank by ordering[step], norms[step])` for every step; see `BlockBank.step`.

    Args:
        x: features `(batch, height, width, channels)`.
        bank: a built `BlockBank`.
        ordering: `(num_steps, num_blocks)`, float32, rows sum to one.
        normalizer: what `StepNorms.begin` returned.
        hard: whether all rows are one-hot, so that one block a step is taken by its index: a bool, or a scalar bool
            tensor that is decided when it runs.
        unroll: True: every step has its own place in the graph; False: a loop that is traced once; None: as
            `loops.unrolls_best` says.

    Returns:
        Features of the same shape.
    """
    if not isinstance(hard, bool):
        # A gradient of zero for the ordering, where the way without it is taken: optimizers warn where there is none.
        x = x + ops.cast(0.0 * ops.sum(ordering), x.dtype)
    synchronized, num_steps = normalizer.layer.synchronized, normalizer.layer.num_steps
    # Replicas cannot synchronize statistics inside a loop of the graph.
    unrolled = synchronized or (unrolls_best(num_steps) if unroll is None else unroll)
    if bank.mixing == "outputs" and not isinstance(hard, bool):
        if unrolled and not synchronized and not slow_inside():
            return _either(x, bank, ordering, hard, normalizer)
        # All blocks go on running: replicas cannot meet inside a way that might not be taken, and XLA on TensorFlow
        # takes no gradient where a loop and such a choice meet.
        hard = False
    run = _unrolled if unrolled else _looped
    return run(x, bank, bank.select(ordering, hard), normalizer)


def _unrolled(x, bank, selection, normalizer):
    for step, row in enumerate(selection.per_step()):
        x = bank.step(x, selection, row, normalizer.step(step))
    return x


def _looped(x, bank, selection, normalizer):
    def one_step(x, row):
        norms = normalizer.for_row(row["norms"])
        x = bank.step(x, selection, row["selection"], norms)
        return x, norms.statistics()

    rows = {"selection": selection.rows, "norms": normalizer.rows}
    x, statistics = loop_over_rows(one_step, x, rows, normalizer.step(0).statistics())
    normalizer.take(statistics)
    return x


def _either(x, bank, ordering, hard, normalizer):
    """Runs one block a step where `hard` is true, else all of them and mixes their outputs."""

    # Made outside of the choice: TensorFlow logs warnings where the gradients of its ways keep different dtypes.
    selections = {all_hard: bank.select(ordering, all_hard) for all_hard in (True, False)}

    def way(all_hard):
        own = normalizer.fresh()
        return _unrolled(x, bank, selections[all_hard], own), own.statistics()

    x, statistics = ops.cond(hard, lambda: way(True), lambda: way(False))
    normalizer.take(statistics)
    return x


@keras.saving.register_keras_serializable(package="keras_modnet")
class OrderedSteps(keras.layers.Layer):
    """Runs a bank in a router's order, with norms of its own for each step.

    Several of these may share one bank; each is then a task on it.

    Args:
        bank: a `BlockBank`.
        router: a `GumbelRouter` or `FixedRouter` for as many blocks as the bank has.
        norm: `"batch"`, `"group"` or `"layer"`; a block kind that carries its own norms makes no use of it.
        own_norms: whether each step has scales and offsets of its own in place of those that its block carries, too;
            they start at one and zero, as those of a fresh block. Default False.
        norm_epsilon: what the norms add to the variance.
        unroll: True: every step has its own place in the graph; False: a loop that is traced once; None: a loop where
            there are many steps, but for JAX on a CPU. Equal numbers.

    Call arguments:
        x: features `(batch, height, width, channels)`.
        training: whether the router draws and statistics are gathered.

    Returns:
        Features of the same shape.

    Raises:
        ValueError: the router is for another number of blocks.
    """

    def __init__(self, bank, router, norm="batch", own_norms=False, norm_epsilon=1e-3, unroll=None, **kwargs):
        super().__init__(**kwargs)
        expect(router.num_blocks == bank.num_blocks, "router", f"for {bank.num_blocks} blocks", router.num_blocks)
        self.bank, self.norm, self.norm_epsilon, self.unroll = bank, norm, norm_epsilon, unroll
        self.own_norms = own_norms
        self._own = LayerDict({"router": router})
        # Around a choice between two ways XLA makes training steps many times slower on TensorFlow, and a layer cannot
        # see it coming. A model that trains without it says so here.
        self.under_xla = keras.backend.backend() == "tensorflow"

    def build(self, x_shape):
        """Makes the norms, and the bank's and the router's weights where they are not there yet."""
        if not self.bank.built:
            self.bank.build(x_shape)
        if not self.router.built:
            self.router.build(x_shape)
        self._own.by_name["norms"] = self._fresh_norms(self.router.num_steps)

    def _fresh_norms(self, num_steps):
        own = {"name": "norms", "dtype": self.dtype_policy, "epsilon": self.norm_epsilon}
        expect_carried(self.bank, self.own_norms)
        of_blocks = self.bank.block_norms if self.own_norms else {}
        places = self.bank.norm_places | {place: stage.channels for place, stage in of_blocks.items()}
        epsilons = {place: stage.epsilon for place, stage in of_blocks.items()}
        norms = StepNorms(num_steps, places, self.norm, epsilons=epsilons, **own)
        norms.build()
        return norms

    @property
    def router(self):
        """The router."""
        return self._own.by_name["router"]

    @property
    def norms(self):
        """The `StepNorms` of all steps."""
        return self._own.by_name["norms"]

    @property
    def num_steps(self):
        """Number of steps."""
        return self.router.num_steps

    def norm_rows(self, weights, norm_steps):
        """Returns the rows that the norms have under another ordering, by the names of `StepNorms.variables_by_name`.

        Args:
            weights: array `(num_steps, num_blocks)`, rows sum to one.
            norm_steps: for each of its steps the index of the present step whose norms it copies; what blocks carry
                starts again as the block's where the step runs another block than that one.
        """
        if not self.own_norms:
            return self.norms.take_steps(norm_steps)
        return rows_behind(self.bank, self.norms, self.router.weights_now(), weights, norm_steps)

    def reorder(self, weights, norm_steps):
        """Gives the router, which has as many steps, another ordering; norms follow as in `norm_rows`."""
        self.norms.assign_rows(self.norm_rows(weights, norm_steps))
        self.router.set_weights_now(weights)

    def replace_router(self, router, norm_steps):
        """Takes another router, of any number of steps; all that trains of norms and router goes on doing so.

        Args:
            router: a built router for as many blocks, with the values that it is to have.
            norm_steps: as in `norm_rows`.
        """
        rows = self.norm_rows(router.weights_now(), norm_steps)
        router.trainable = self.router.trainable
        self._replace(router, rows)

    def set_own_norms(self, own):
        """Gives each step scales and offsets of its own in place of its block's, with their values; or takes them away.

        Args:
            own: whether they are to be the steps' own.

        Raises:
            ValueError: blocks of this kind carry no norms.
        """
        if own == self.own_norms:
            return
        rows = self.norms.take_steps(range(self.num_steps))
        expect_carried(self.bank, own)
        self.own_norms = own
        self._replace(self.router, rows | (block_rows(self.bank, self.router.weights_now()) if own else {}))

    def _replace(self, router, rows):
        norms, former = self._fresh_norms(router.num_steps), self.norms
        norms.assign_rows(rows)
        norms.configure(affine=former.affine_trains, statistics=former.live_statistics)
        self._own.replace({"router": router, "norms": norms})

    def call(self, x, training=None):
        """Runs the steps."""
        ordering = self.router(x, training=training) if self._draws else self.router(x)
        # A router of somebody else need not say whether its ordering is hard.
        hard = self.router.gives_hard(training) if hasattr(self.router, "gives_hard") else False
        if not isinstance(hard, bool) and self.under_xla:
            hard = False
        if self.own_norms and training:
            # A gradient of zero for what the blocks carry: optimizers warn where there is none.
            sums = [ops.sum(variable) for variable in carried(self.bank).values()]
            x = x + ops.cast(0.0 * sum(sums), x.dtype)
        normalizer = self.norms.begin(training)
        x = run_steps(x, self.bank, ordering, normalizer, hard, self.unroll)
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
        return super().get_config() | {
            "bank": self.bank,
            "router": self.router,
            "norm": self.norm,
            "own_norms": self.own_norms,
            "norm_epsilon": self.norm_epsilon,
            "unroll": self.unroll,
        }

    @classmethod
    def from_config(cls, config):
        """Makes the layer again, from serialized parts or from the layers themselves."""
        parts = {name: config[name] for name in ("bank", "router")}
        made = {
            name: keras.saving.deserialize_keras_object(part) if isinstance(part, dict) else part
            for name, part in parts.items()
        }
        return cls(**(config | made))
