"""Initial values, and none where they are about to be replaced: JAX compiles a program for every shape it draws."""

import contextlib
import contextvars

import keras
import numpy as np

_replaced = contextvars.ContextVar("replaced", default=False)


@contextlib.contextmanager
def without_initial_values():
    """Leaves out, for the length of a `with` block, what initial values cost: whoever opens it assigns all of them."""
    token = _replaced.set(True)
    try:
        yield
    finally:
        _replaced.reset(token)


@keras.saving.register_keras_serializable(package="keras_modnet")
class Initial(keras.initializers.Initializer):
    """An initializer that draws nothing inside `without_initial_values`, where it gives zeros of NumPy.

    Args:
        initializer: Keras initializer or its name.
    """

    def __init__(self, initializer):
        self.initializer = keras.initializers.get(initializer)

    def __call__(self, shape, dtype=None):
        """Returns the values."""
        if not _replaced.get():
            return self.initializer(shape, dtype=dtype)
        # NumPy knows no bfloat16; Keras casts to the variable's dtype.
        return np.zeros(shape, "bool" if dtype == "bool" else "float32")

    def get_config(self):
        """Returns the constructor's arguments."""
        return {"initializer": keras.initializers.serialize(self.initializer)}

    @classmethod
    def from_config(cls, config):
        """Makes the initializer from what `get_config` returned."""
        return cls(keras.initializers.deserialize(config["initializer"]))
