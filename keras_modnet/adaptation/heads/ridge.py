"""Ridge regression of classes on features, and what it predicts for each image without having seen it."""

import copy

import numpy as np

from keras_modnet.checks import expect

# Features that spread by less than a millionth of their size are constant: float32 rounds them that far.
_CONSTANT = 1e-12


class Ridge:
    """Linear regression of one-hot labels on features and a constant; coefficients shrink, the constant does not.

    The penalty is a share of the mean eigenvalue of the centred features, so that no prediction depends on their unit
    or their origin. Channels are not standardized one by one: a standard deviation of all images has seen each.

    At a given penalty, hat matrix `H` gives the residual of image i by the regression without it as
    `(y_i - (H y)_i) / (1 - H_ii)` (PRESS, Allen 1974). Here each image gets the penalty that the rest of the images
    have by themselves, so the residual is that of a refit. One eigendecomposition serves all images and all shares.
    Features count as constant where they spread by less than a millionth of the size of all images' features.

    Args:
        features: `(n, channels)`, finite, at least one image.
        labels: `(n,)` integers from 0 to `num_classes - 1`; classes may lack images.
        num_classes: number of classes.
        share: positive share of the mean eigenvalue that is added to all: keeps the regression solvable where features
            are many or alike.

    Attributes:
        targets: one-hot labels `(n, num_classes)`.
        residuals: `(n, num_classes)`, each image's by the regression without it. Where nothing is left, it predicts 0.

    Raises:
        ValueError: features of another rank, none or not finite, or a share that is not positive.
    """

    def __init__(self, features, labels, num_classes, share):
        features = np.asarray(features, "float64")
        shaped = features.ndim == 2 and len(features) > 0
        expect(shaped, "features", "of shape (n, channels) with at least one image", features.shape)
        expect(np.isfinite(features).all(), "features", "finite", features)
        self.targets = np.eye(num_classes)[np.asarray(labels)]
        self._mean, self._class_shares = features.mean(axis=0), self.targets.mean(axis=0)
        self._centred = features - self._mean
        self._noise = _CONSTANT * np.sum(features**2)
        self._eigenvalues, self._components = _principal(self._centred)
        self._moments = self._components.T @ self.targets
        self._solve(share)

    def with_share(self, share):
        """Returns the `Ridge` of the same images with another share, at a fraction of the time."""
        other = copy.copy(self)
        other._solve(share)
        return other

    def kernel_and_bias(self):
        """Returns `(channels, num_classes)` and `(num_classes,)`, which predict from features as they come."""
        penalty = self._penalty(np.sum(self._eigenvalues))
        coefficients = self._moments / (self._eigenvalues + penalty)[:, None]
        left_over = self.targets - self._class_shares - self._components @ coefficients
        # Where the gradient is zero, `penalty * kernel` is this product, for many channels as for few.
        kernel = self._centred.T @ left_over / penalty
        return kernel, self._class_shares - self._mean @ kernel

    def _solve(self, share):
        expect(share > 0, "share", "positive", share)
        self._share = share
        self.residuals = self._residuals()

    def _residuals(self):
        count = len(self.targets)
        if count == 1:
            return self.targets.copy()
        # Without an image the mean moves, too; hence the factor.
        spread = np.sum(self._eigenvalues) - count / (count - 1) * np.sum(self._centred**2, axis=1)
        weights = self._components / (self._eigenvalues + self._penalty(spread)[:, None])
        hats = 1 / count + np.sum(weights * self._components, axis=1)
        predictions = self._class_shares + weights @ self._moments
        return (self.targets - predictions) / (1 - hats)[:, None]

    def _penalty(self, spread):
        """Returns the penalty for sums of squares of centred features; an infinite one leaves the class shares."""
        return np.where(spread > self._noise, self._share * spread / self._centred.shape[1], np.inf)


def _principal(centred):
    """Returns eigenvalues `(r,)` and principal components `(n, r)`; `r` is the lesser of `n - 1` and `channels`."""
    count, channels = centred.shape
    if channels < count:
        eigenvalues, directions = np.linalg.eigh(centred.T @ centred)
        return np.maximum(eigenvalues, 0), centred @ directions
    eigenvalues, directions = np.linalg.eigh(centred @ centred.T)
    # Centred images span one direction less, the first one, whose rounding would pass for signal. The rest may lie just
    # under zero by rounding.
    eigenvalues = np.maximum(eigenvalues[1:], 0)
    return eigenvalues, directions[:, 1:] * np.sqrt(eigenvalues)
