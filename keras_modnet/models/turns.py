"""Calls of models that share a bank, from several threads."""

import contextlib
import threading
import weakref

import keras

_LOCKS = weakref.WeakKeyDictionary()
_LOCKS_LOCK = threading.Lock()


def alone_on(bank):
    """Returns a context in which no other thread fits, evaluates or predicts on the same bank; on JAX alone.

    While Keras runs there it takes the values out of the variables, and another thread would find none.
    """
    if keras.backend.backend() != "jax":
        return contextlib.nullcontext()
    with _LOCKS_LOCK:
        # Entered again by the validation of `fit`.
        return _LOCKS.setdefault(bank, threading.RLock())
