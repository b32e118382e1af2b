"""The order in which tasks that are alike stand side by side."""

import numpy as np


def cluster_order(distances):
    """Returns the indices of n things in the order of the leaves of a tree: average linkage.

    The two groups that are nearest on average are joined again and again. Of the four ways to put two groups side by
    side the one is taken whose ends that meet are nearest; which end of the whole comes first is that of the lowest
    index.

    Args:
        distances: `(n, n)`, symmetric.

    Returns:
        List of the n indices.

    Reference:
        Sokal & Michener 1958 (UPGMA).
    """
    distances = np.array(distances, "float64")
    groups = {index: [index] for index in range(len(distances))}
    # Mean distances of groups, by the lowest index in each; a group that has joined another is infinitely far.
    means = np.where(np.eye(len(distances), dtype=bool), np.inf, distances)
    while len(groups) > 1:
        first, second = sorted(divmod(int(means.argmin()), len(means)))
        sizes = len(groups[first]), len(groups[second])
        means[first] = means[:, first] = np.average(means[[first, second]], axis=0, weights=sizes)
        means[second] = means[:, second] = means[first, first] = np.inf
        groups[first] = _side_by_side(groups[first], groups.pop(second), distances)
    (order,) = groups.values()
    return order if order[0] < order[-1] else order[::-1]


def _side_by_side(first, second, distances):
    ways = [(left, right) for left in (first, first[::-1]) for right in (second, second[::-1])]
    left, right = min(ways, key=lambda way: distances[way[0][-1], way[1][0]])
    return left + right
