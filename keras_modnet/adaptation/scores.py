"""How well features serve a task before any head is trained on them, as a pure function."""

from keras_modnet.adaptation.ridge import fit_ridge

# Share of the mean eigenvalue that keeps the regression solvable where features are many or alike.
RIDGE = 1e-2


def leave_one_out_error(features, labels, num_classes):
    """Returns the squared error of a linear classifier on images that it was not fitted to, for each image in turn.

    Ridge regression of one-hot labels on standardized features, see `ridge.fit_ridge`.

    Args:
        features: `(n, channels)`.
        labels: `(n,)` integers from 0 to `num_classes - 1`.
        num_classes: number of classes.

    Returns:
        Mean over images of the sum over classes of the squared residuals: 0 is perfect, and about
        `1 - sum of squared class shares` is what knowing nothing but the class shares gives.
    """
    return fit_ridge(features, labels, num_classes, RIDGE, constant_strength=RIDGE).error
