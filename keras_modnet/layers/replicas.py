"""The one question that the layers ask about distribution."""

import keras


def in_tf_strategy():
    """Returns whether a `tf.distribute` strategy is in scope, so that batch statistics need synchronizing."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return tf.distribute.has_strategy()
