"""Ridge regression of one-hot labels on features, and what it says of images that it was not fitted to."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class RidgeFit:
    """A linear classifier in closed form.

    Attributes:
        kernel: `(channels, num_classes)`, for features as they come.
        bias: `(num_classes,)`.
        left_out: `(n, num_classes)`, the prediction for each image by the regression without it.
        error: mean over images of the sum over classes of the squared residuals of `left_out`.
    """

    kernel: np.ndarray
    bias: np.ndarray
    left_out: np.ndarray
    error: float


def fit_ridge(features, labels, num_classes, strength, constant_strength=0.0):
    """Fits one-hot labels on standardized features and a constant.

    With hat matrix `H` the prediction for image i by the regression without it has the residual
    `(y_i - (H y)_i) / (1 - H_ii)`, so that one solution serves for all images (the PRESS statistic, Allen 1974).

    Args:
        features: `(n, channels)`, n at least 2; channels may be more than images, alike or dead.
        labels: `(n,)` integers from 0 to `num_classes - 1`; classes may be missing.
        num_classes: number of classes.
        strength: of the ridge, positive, as a share of what an average channel has, `n`.
        constant_strength: likewise, of the constant; 0 leaves it free.

    Returns:
        `RidgeFit`, in float64.
    """
    features = np.asarray(features, "float64")
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-6
    design = np.concatenate([(features - mean) / deviation, np.ones((len(features), 1))], axis=1)
    targets = np.eye(num_classes)[np.asarray(labels)]
    ridge = np.append(np.full(features.shape[1], strength), constant_strength)
    solved = np.linalg.solve(design.T @ design + len(design) * np.diag(ridge), design.T)
    weights = solved @ targets
    leverage = np.einsum("nc,cn->n", design, solved)
    residuals = (targets - design @ weights) / (1 - leverage)[:, None]
    kernel = weights[:-1] / deviation[:, None]
    error = float(np.mean(np.sum(residuals**2, axis=1)))
    return RidgeFit(kernel, weights[-1] - mean @ kernel, targets - residuals, error)
