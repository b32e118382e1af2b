"""How well features serve a task before any head is trained on them, as a pure function."""

import numpy as np

# Share of the mean eigenvalue that keeps the regression solvable where features are many or alike.
RIDGE = 1e-2


def leave_one_out_error(features, labels, num_classes):
    """Returns the squared error of a linear classifier on images that it was not fitted to, for each image in turn.

    Ridge regression of one-hot labels on standardized features. With hat matrix `H` the prediction for image i by the
    regression without it has the residual `(y_i - (H y)_i) / (1 - H_ii)`, so that one solution serves for all images
    (the PRESS statistic, Allen 1974).

    Args:
        features: `(n, channels)`.
        labels: `(n,)` integers from 0 to `num_classes - 1`.
        num_classes: number of classes.

    Returns:
        Mean over images of the sum over classes of the squared residuals: 0 is perfect, and about
        `1 - sum of squared class shares` is what knowing nothing but the class shares gives.
    """
    features = np.asarray(features, "float64")
    scaled = (features - features.mean(axis=0)) / (features.std(axis=0) + 1e-6)
    design = np.concatenate([scaled, np.ones((len(scaled), 1))], axis=1)
    targets = np.eye(num_classes)[np.asarray(labels)]
    gram = design.T @ design + RIDGE * len(design) * np.eye(design.shape[1])
    hat = design @ np.linalg.solve(gram, design.T)
    residuals = (targets - hat @ targets) / (1 - np.diag(hat))[:, None]
    return float(np.mean(np.sum(residuals**2, axis=1)))
