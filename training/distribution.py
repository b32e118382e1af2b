"""Strategies of `tf.distribute` by name; the only place of the training code that makes one."""

import keras

from keras_modnet.checks import expect, expect_one_of

STRATEGIES = ("none", "mirrored", "tpu")


def make_strategy(name):
    """Returns a `tf.distribute` strategy, or None for "none".

    Args:
        name: "none"; "mirrored": all GPUs of this machine, or its logical CPU devices where it has no GPU; "tpu": the
            TPU that the environment names.

    Raises:
        ValueError: an unknown name, or a strategy on another backend than TensorFlow.
    """
    expect_one_of("strategy", name, STRATEGIES)
    if name == "none":
        return None
    backend = keras.backend.backend()
    expect(backend == "tensorflow", "strategy", f"'none' on the {backend} backend", name)
    import tensorflow as tf

    if name == "tpu":
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver.connect()
        return tf.distribute.TPUStrategy(resolver)
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])
