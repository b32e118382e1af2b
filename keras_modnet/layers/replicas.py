"""What the layers and models ask about distribution."""

import contextlib

import keras

from keras_modnet.checks import expect


def in_tf_strategy():
    """Returns whether a `tf.distribute` strategy is in scope, so that batch statistics need synchronizing."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return tf.distribute.has_strategy()


def expect_strategy_that_fits():
    """Raises `ValueError` in the scope of a strategy under which Keras's `fit` does not work, before anything is made.

    That is `tf.distribute.ParameterServerStrategy`.
    """
    if not in_tf_strategy():
        return
    import tensorflow as tf

    strategy = tf.distribute.get_strategy()
    fits = not isinstance(strategy, tf.distribute.ParameterServerStrategy)
    expect(fits, "strategy", "one that Keras trains under, such as MirroredStrategy", type(strategy).__name__)


def compiles_for_tpu(model):
    """Returns whether a Keras model was made under a TPU's strategy, whose steps XLA compiles."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return isinstance(model.distribute_strategy, tf.distribute.TPUStrategy)


def num_replicas():
    """Returns how many replicas run the code at hand side by side, each on its rows of a batch; 1 outside of them."""
    if not in_tf_strategy():
        return 1
    import tensorflow as tf

    context = tf.distribute.get_replica_context()
    return 1 if context is None else context.num_replicas_in_sync


def sum_over_replicas(x):
    """Returns the sum of what all replicas have in a tensor, and lets gradients through; alone, the tensor itself."""
    if num_replicas() == 1:
        return x
    import tensorflow as tf

    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, x)


def with_an_image(function, x):
    """Returns `function(x)` of a layer that convolves, for a replica that may have no images.

    TensorFlow's convolutions on CPUs give an empty batch the shape that it had before (seen in 2.21).

    Args:
        function: from `(batch, ...)` to `(batch, ...)`, each image by itself.
        x: `(batch, ...)`.
    """
    if num_replicas() == 1:
        return function(x)
    import tensorflow as tf

    images = tf.shape(x)[0]
    padded = tf.pad(x, [[0, tf.maximum(1 - images, 0)], *([[0, 0]] * (len(x.shape) - 1))])
    return function(padded)[:images]


def strategy_scope(model):
    """Returns the scope of the strategy that a Keras model was made under; elsewhere a context that does nothing."""
    if keras.backend.backend() != "tensorflow":
        return contextlib.nullcontext()
    return model.distribute_strategy.scope()
