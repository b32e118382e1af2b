"""Gumbel-softmax over the blocks of every step, as pure functions (Jang et al. 2017, arXiv 1611.01144)."""

import keras
from keras import ops

# Under this a float32 uniform number would give an infinite Gumbel number.
SMALLEST_UNIFORM = 1e-20


def gumbel_noise(shape, seed):
    """Returns independent standard Gumbel numbers `-log(-log(u))`, float32.

    Args:
        shape: shape of the result.
        seed: a `keras.random.SeedGenerator` or an integer.
    """
    uniform = keras.random.uniform(shape, minval=SMALLEST_UNIFORM, maxval=1.0, dtype="float32", seed=seed)
    return -ops.log(-ops.log(ops.maximum(uniform, SMALLEST_UNIFORM)))


def gumbel_softmax(logits, temperature, noise, hard=False):
    """Relaxed draw from the categorical distributions `softmax(logits)`, one for each row (equation 2 of the paper).

    Args:
        logits: `(num_steps, num_blocks)`, float32.
        temperature: positive scalar; small values give rows near one-hot, large ones near uniform.
        noise: `(num_steps, num_blocks)`, standard Gumbel numbers; zeros give the mode.
        hard: if True the value is one-hot and the gradient is that of the relaxed draw (straight-through).

    Returns:
        `(num_steps, num_blocks)`, rows sum to one.
    """
    soft = ops.softmax((logits + noise) / temperature, axis=-1)
    if not hard:
        return soft
    return soft + ops.stop_gradient(one_hot_argmax(soft) - soft)


def one_hot_argmax(logits):
    """Returns the one-hot rows `(num_steps, num_blocks)` of each row's largest entry, float32; ties go to the first."""
    return ops.one_hot(ops.argmax(logits, axis=-1), logits.shape[-1], dtype="float32")
