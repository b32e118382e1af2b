"""The optimizer and the compilation that the library's own loops use."""

import keras

# Norms, biases and an ordering's logits have no scale that shrinking would regularise; nor have the coefficients of a
# mixture (Savarese & Maire 2019).
WITHOUT_DECAY = ("logits", "coefficients", "scale", "offset", "bias")


def adamw(learning_rate, weight_decay, variables, ema_momentum=None):
    """Returns AdamW (Loshchilov & Hutter 2019) with weight decay on kernels only.

    Args:
        learning_rate: a number or a Keras schedule.
        weight_decay: of the kernels, a step.
        variables: what will train; where no kernel is among it the result is plain Adam.
        ema_momentum: share of the old value in a moving average of the weights; where `fit` ends they take the average
            over. Default None: no average.
    """
    average = {} if ema_momentum is None else {"use_ema": True, "ema_momentum": ema_momentum}
    if not any(_decays(variable) for variable in variables):
        # On torch Keras's weight decay fails where it has nothing to do.
        return keras.optimizers.Adam(learning_rate, **average)
    optimizer = keras.optimizers.AdamW(learning_rate, weight_decay=weight_decay, **average)
    optimizer.exclude_from_weight_decay(var_names=list(WITHOUT_DECAY))
    return optimizer


def _decays(variable):
    return not any(word in variable.name for word in WITHOUT_DECAY)


def jit_compile():
    """Returns the `jit_compile` argument for `compile` that is fastest without a choice by the user.

    On TensorFlow XLA gains little in training on a CPU and has to compile first; other backends know best themselves.
    """
    return False if keras.backend.backend() == "tensorflow" else "auto"
