"""Forward passes that nobody differentiates."""

import contextlib

import keras


def no_gradients():
    """Returns a context in which no backend records operations for gradients.

    Torch alone does so unless told not to, and keeps the features of all steps with it.
    """
    if keras.backend.backend() != "torch":
        return contextlib.nullcontext()
    import torch

    return torch.no_grad()
