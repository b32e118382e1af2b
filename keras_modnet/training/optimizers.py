"""The optimizer and the compilation that the library's own loops use."""

import keras

# Norms, biases and an ordering's logits have no scale that shrinking would regularise.
WITHOUT_DECAY = ("logits", "scale", "offset", "bias")


def adamw(learning_rate, weight_decay):
    """Returns AdamW (Loshchilov & Hutter 2019) with weight decay on kernels only.

    Args:
        learning_rate: a number or a Keras schedule.
        weight_decay: of the kernels, a step.
    """
    optimizer = keras.optimizers.AdamW(learning_rate, weight_decay=weight_decay)
    optimizer.exclude_from_weight_decay(var_names=list(WITHOUT_DECAY))
    return optimizer


def jit_compile():
    """Returns the `jit_compile` argument for `compile` that is fastest without a choice by the user.

    XLA compiles convolutions for a CPU to slower code than TensorFlow's own; other backends know best themselves.
    """
    return False if keras.backend.backend() == "tensorflow" else "auto"
