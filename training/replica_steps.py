"""Training steps under a `tf.distribute` strategy: each replica takes its rows of the global batch."""

import keras
import numpy as np

from keras_modnet.checks import expect
from training.step_state import StepState


class ReplicaSteps(StepState):
    """Steps of a model that was made under a strategy of several replicas or machines.

    Args:
        model: a compiled Keras model, made in the scope of the strategy.
        strategy: a `tf.distribute` strategy. Under one of several machines each process gives the same global batches
            and takes its own rows of them.
    """

    def __init__(self, model, strategy):
        super().__init__(model)
        self._strategy = strategy
        self._function = None

    def build(self, batch):
        """Makes what the model makes at its first batch: variables of the optimizer and the metrics."""
        with self._strategy.scope():
            super().build(batch)
            # It tells the model's layers whether XLA compiles them.
            self.model.make_train_function()
        self._function = self._make_function()

    def run_several(self, batches):
        """Trains on some global batches of equal shapes, one after the other, in one call of the devices.

        Args:
            batches: a list of batches, as `run` takes them.
        """
        self.build_once(batches[0])
        stacked = keras.tree.map_structure(lambda *values: np.stack([_on_host(value) for value in values]), *batches)
        self._function(self._shared_out(stacked))

    def _shared_out(self, stacked):
        import tensorflow as tf

        def rows_of(context):
            index, replicas = context.replica_id_in_sync_group, context.num_replicas_in_sync
            return keras.tree.map_structure(lambda value: tf.constant(value[:, _rows(value, index, replicas)]), stacked)

        self._expect_whole_shares(stacked)
        return self._strategy.experimental_distribute_values_from_function(rows_of)

    def _expect_whole_shares(self, stacked):
        import tensorflow as tf

        if not isinstance(self._strategy, tf.distribute.TPUStrategy):
            return
        replicas = self._strategy.num_replicas_in_sync
        for value in keras.tree.flatten(stacked):
            expect(value.shape[1] % replicas == 0, "batch", f"a multiple of {replicas} rows", value.shape[1])

    def _make_function(self):
        import tensorflow as tf

        model, strategy = self.model, self._strategy
        on_tpu = isinstance(strategy, tf.distribute.TPUStrategy)

        def rows(value):
            # Replicas may have different numbers of rows: all are to trace the same graph, or their sums do not meet.
            return value if on_tpu else tf.raw_ops.PlaceholderWithDefault(input=value, shape=[None, *value.shape[1:]])

        def step(index, data):
            x, y = keras.tree.map_structure(lambda value: rows(value[index]), data)
            model.train_step((x, y))

        @tf.autograph.experimental.do_not_convert
        def several(data):
            count = keras.tree.flatten(strategy.experimental_local_results(data)[0])[0].shape[0]

            def one(index):
                strategy.run(step, args=(index, data))
                return index + 1

            if count == 1:
                one(0)
            else:
                # A loop of the graph, so that it is traced once.
                tf.while_loop(lambda index: index < count, lambda index: (one(index),), (tf.constant(0),))

        return tf.function(several)


def _rows(value, index, replicas):
    # As `tf.distribute` cuts the batches of a dataset: the last replicas may have fewer rows, or none.
    share = -(-value.shape[1] // replicas)
    return slice(index * share, (index + 1) * share)


def _on_host(value):
    return keras.ops.convert_to_numpy(value)
