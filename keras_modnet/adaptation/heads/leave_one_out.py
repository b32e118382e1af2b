"""How well features serve a task before any head is trained on them, as a pure function."""

import numpy as np

from keras_modnet.adaptation.heads.ridge import Ridge

# Share of the mean eigenvalue that `Ridge` adds.
RIDGE = 1e-2


def leave_one_out_error(features, labels, num_classes):
    """Returns the squared error of a linear classifier on images that it was not fitted to, for each image in turn.

    It is what refits without each image give, from one solution (PRESS, Allen 1974; see `Ridge`).

    Args:
        features: `(n, channels)`, at least one image.
        labels: `(n,)` integers from 0 to `num_classes - 1`.
        num_classes: number of classes.

    Returns:
        Mean over images of the sum over classes of the squared residuals of `Ridge`: 0 is perfect, and about
        `1 - sum of squared class shares` is what knowing nothing but the class shares gives. Infinite for features that
        are not finite, so that a search passes them over.

    Raises:
        ValueError: features of another rank, or none.
    """
    return float(np.mean(left_out_errors(features, labels, num_classes)))


def left_out_errors(features, labels, num_classes, shares=(RIDGE,)):
    """Returns `(n,)`, of each image what `leave_one_out_error` is the mean of, by the share with the least mean.

    Which share suits depends on the images and on the channels that there are: at one that is too small for some
    features they look worse than none, however well they separate the classes.

    Args:
        features: `(n, channels)`, at least one image.
        labels: `(n,)` integers from 0 to `num_classes - 1`.
        num_classes: number of classes.
        shares: positive shares of the mean eigenvalue that `Ridge` may add.

    Raises:
        ValueError: features of another rank, or none.
    """
    if not np.isfinite(features).all():
        return np.full(len(labels), np.inf)
    ridge = Ridge(features, labels, num_classes, shares[0])
    fits = (ridge, *(ridge.with_share(share) for share in shares[1:]))
    return min((np.sum(fit.residuals**2, axis=1) for fit in fits), key=np.mean)
