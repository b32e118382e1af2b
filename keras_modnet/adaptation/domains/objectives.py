"""What predictions without labels can be judged by: the lower, the better."""

from keras import ops

from keras_modnet.checks import expect

# A probability of 0 has no logarithm.
_TINY = 1e-12


def entropy(logits):
    """Returns the mean entropy of the predictions in nats: how undecided they are (TENT, Wang et al. 2021, eq. 1).

    Args:
        logits: `(n, num_classes)`.

    Returns:
        Scalar from 0 to `log(num_classes)`. It is lowest, too, where all images are called the same.
    """
    return ops.mean(_entropy(ops.softmax(ops.cast(logits, "float32"), axis=-1)))


def information_maximization(logits):
    """Returns the mean entropy of the predictions minus the entropy of their mean, in nats.

    The negative mutual information of image and predicted class: low where each prediction is decided and all classes
    occur (Krause et al. 2010; SHOT, Liang et al. 2020, eq. 3).

    Args:
        logits: `(n, num_classes)`.

    Returns:
        Scalar from `-log(num_classes)` to 0.
    """
    probabilities = ops.softmax(ops.cast(logits, "float32"), axis=-1)
    return ops.mean(_entropy(probabilities)) - _entropy(ops.mean(probabilities, axis=0))


def _entropy(probabilities):
    return -ops.sum(probabilities * ops.log(probabilities + _TINY), axis=-1)


OBJECTIVES = {"information_maximization": information_maximization, "entropy": entropy}


def objective_function(objective):
    """Returns a function from logits to a scalar.

    Args:
        objective: a name in `OBJECTIVES`, or such a function.

    Raises:
        ValueError: neither of them.
    """
    known = callable(objective) or objective in OBJECTIVES
    expect(known, "objective", f"one of {tuple(OBJECTIVES)} or a function of the logits", objective)
    return objective if callable(objective) else OBJECTIVES[objective]
