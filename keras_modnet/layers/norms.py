"""Normalization as pure functions; statistics are float32 under every dtype policy."""

import math

from keras import ops

from keras_modnet.layers.replicas import sum_over_replicas


def batch_moments(x, synchronized=False):
    """Returns mean and variance of each channel over batch and positions.

    Args:
        x: `(batch, height, width, channels)`.
        synchronized: whether the batch is that of all replicas of a `tf.distribute` strategy together, some of which
            may have fewer images than others, or none.

    Returns:
        Two float32 tensors `(channels,)`.
    """
    x32 = ops.cast(x, "float32")
    if not synchronized:
        return ops.moments(x32, axes=(0, 1, 2))
    # Two sums, one after the other: the mean of the squares, less the square of the mean, loses digits.
    count = ops.cast(ops.reshape(ops.prod(ops.shape(x)[:3]), (1,)), "float32")
    sums = sum_over_replicas(ops.concatenate([ops.sum(x32, axis=(0, 1, 2)), count]))
    mean, count = sums[:-1] / sums[-1], sums[-1]
    return mean, sum_over_replicas(ops.sum(ops.square(x32 - mean), axis=(0, 1, 2))) / count


def mixture_moments(means, variances, weights):
    """Returns mean and variance of a mixture of distributions.

    Args:
        means: `(num_components, channels)`.
        variances: `(num_components, channels)`.
        weights: `(num_components,)`, sum to one.

    Returns:
        `mean = sum w_n mean_n` and `variance = sum w_n (variance_n + mean_n^2) - mean^2`, `(channels,)` each; for
        one-hot weights exactly the moments of the chosen component.
    """
    weights = ops.expand_dims(weights, -1)
    mean = ops.sum(weights * means, axis=0)
    # Written around the mixture's mean, so that no difference of large squares loses digits.
    return mean, ops.sum(weights * (variances + ops.square(means - mean)), axis=0)


def normalize(x, mean, variance, scale, offset, epsilon):
    """Returns `scale * (x - mean) / sqrt(variance + epsilon) + offset` in the dtype of `x`.

    Args:
        x: `(batch, height, width, channels)`.
        mean: `(channels,)`.
        variance: `(channels,)`.
        scale: `(channels,)`.
        offset: `(channels,)`.
        epsilon: added to the variance.
    """
    x32 = ops.cast(x, "float32")
    return ops.cast(ops.batch_normalization(x32, mean, variance, -1, offset, scale, epsilon), x.dtype)


def layer_norm(x, scale, offset, epsilon):
    """Normalizes every position over its channels (Ba et al. 2016); shapes as in `normalize`."""
    x32 = ops.cast(x, "float32")
    return ops.cast(ops.layer_normalization(x32, scale, offset, axis=-1, epsilon=epsilon), x.dtype)


def num_groups(channels):
    """Returns the groups of the group norm: `gcd(channels / 2, 8)`; one for an odd number of channels.

    So that a group has two channels at least: a single one would lose its mean over the image, which is what a head
    without an activation pools.
    """
    return math.gcd(channels // 2, 8) if channels % 2 == 0 else 1


def group_norm(x, scale, offset, epsilon):
    """Normalizes each image over positions and groups of channels (Wu & He 2018); shapes as in `normalize`."""
    height, width, channels = x.shape[1:]
    groups = num_groups(channels)
    grouped = ops.reshape(ops.cast(x, "float32"), (-1, height, width, groups, channels // groups))
    mean, variance = ops.moments(grouped, axes=(1, 2, 4), keepdims=True)
    normal = ops.reshape((grouped - mean) * ops.rsqrt(variance + epsilon), (-1, height, width, channels))
    return ops.cast(normal * scale + offset, x.dtype)
