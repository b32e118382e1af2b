"""Names that TensorFlow keeps of variables."""

import contextlib

import keras


def inner_names_from(scope):
    """Returns a context in which what TensorFlow itself calls variables starts at `scope`, in whatever layer they are.

    TensorFlow keeps tens of kilobytes for every name of a variable that it has met, for as long as the process runs.
    Layers that are made by the hundred take equal names. Names and paths of Keras are not touched.

    Args:
        scope: a word.
    """
    if keras.backend.backend() != "tensorflow":
        return contextlib.nullcontext()
    import tensorflow as tf

    # With a slash at its end a name stands for itself and not for a scope inside of the current one.
    return tf.name_scope(f"{scope}/")
