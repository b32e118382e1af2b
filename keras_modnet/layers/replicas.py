"""What the layers and models ask about distribution."""

import contextlib

import keras


def in_tf_strategy():
    """Returns whether a `tf.distribute` strategy is in scope, so that batch statistics need synchronizing."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return tf.distribute.has_strategy()


def strategy_scope(model):
    """Returns the scope of the strategy that a Keras model was made under; elsewhere a context that does nothing."""
    if keras.backend.backend() != "tensorflow":
        return contextlib.nullcontext()
    return model.distribute_strategy.scope()
