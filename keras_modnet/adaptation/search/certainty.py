"""Whether an ordering is better than another one by more than the luck of the images, as a pure function."""

import statistics

import numpy as np

# How likely a change may be taken where none that was compared helps.
RISK = 0.05
# Differences of such a size are rounding.
_ROUNDING = 1e-6


def surely_less(after, before, compared):
    """Returns whether scores of the same images fell by more than chance explains.

    A paired t-test of the mean difference, one-sided. Its level is `RISK` divided by the number of changes that were
    compared (Bonferroni), since the best of many is looked at: a fall that one of fifty changes has by luck is none.

    Errors of images that are left out share the other images, which this takes no account of. With labels that said
    nothing a change was taken in 1 of 15 draws, as `RISK` would have it. To count the variance twice, as for repeated
    splits (Nadeau & Bengio 2003, "Inference for the generalization error", Machine Learning 52), kept most of the
    changes away that did help on other images.

    Args:
        after: `(n,)` scores with the change.
        before: `(n,)` scores without it.
        compared: how many changes of the present one were compared, at least one.
    """
    count, gains = len(after), before - after
    if count < 2 or not np.isfinite(gains).all() or np.mean(gains) <= _ROUNDING:
        return False
    error = np.std(gains, ddof=1) / np.sqrt(count)
    return bool(np.mean(gains) > error * _quantile(1 - RISK / compared, count - 1))


def _quantile(probability, freedom):
    """Returns a quantile of Student's t distribution: its expansion around the normal one's, good from ten degrees."""
    z = statistics.NormalDist().inv_cdf(probability)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
