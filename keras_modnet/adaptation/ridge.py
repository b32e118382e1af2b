"""Ridge regression of classes on features, and what it predicts for each image without having seen it."""

import numpy as np


class Ridge:
    """Linear regression of one-hot labels on standardized features and a constant, shrunk towards zero.

    With hat matrix `H` the prediction for image i by the regression without it has the residual
    `(y_i - (H y)_i) / (1 - H_ii)`, so that one solution serves for all images (the PRESS statistic, Allen 1974).

    Args:
        features: `(n, channels)`.
        labels: `(n,)` integers from 0 to `num_classes - 1`.
        num_classes: number of classes.
        share: positive share of the mean eigenvalue that is added to all: keeps the regression solvable where features
            are many or alike.

    Attributes:
        targets: one-hot labels `(n, num_classes)`.
        residuals: `(n, num_classes)`, each image's by the regression without it.
    """

    def __init__(self, features, labels, num_classes, share):
        features = np.asarray(features, "float64")
        self._mean, self._std = features.mean(axis=0), features.std(axis=0) + 1e-6
        design = np.concatenate([(features - self._mean) / self._std, np.ones((len(features), 1))], axis=1)
        self.targets = np.eye(num_classes)[np.asarray(labels)]
        gram = design.T @ design + share * len(design) * np.eye(design.shape[1])
        solved = np.linalg.solve(gram, design.T)
        self._coefficients = solved @ self.targets
        left_over = 1 - np.sum(design * solved.T, axis=1)
        self.residuals = (self.targets - design @ self._coefficients) / left_over[:, None]

    def kernel_and_bias(self):
        """Returns `(channels, num_classes)` and `(num_classes,)`, which predict from features as they come."""
        kernel = self._coefficients[:-1] / self._std[:, None]
        return kernel, self._coefficients[-1] - self._mean @ kernel
