"""Errors of orderings on ever more of the same images, so that what is bad is dropped after a few."""

import numpy as np

from keras_modnet.adaptation.heads.leave_one_out import left_out_errors
from keras_modnet.adaptation.search.step_features import MAX_BYTES, StepFeatures

# Shares of the images, each of which holds those before it.
FRACTIONS = (0.25, 0.5, 1.0)
# A subset has so many images at least, in all and of a class: fewer do not tell the good orderings from the bad.
FEWEST, FEWEST_OF_A_CLASS = 100, 6
# Shares of the mean eigenvalue that the regression may add. Each ordering is judged at the best one for it: at a share
# of one size for all, the orderings that suit the share would win.
SHARES = tuple(np.logspace(2, -3, 11))


def subset_sizes(count, num_classes):
    """Returns how many of `count` images each subset holds, the last one all."""
    fewest = max(FEWEST, FEWEST_OF_A_CLASS * num_classes)
    sizes = [round(fraction * count) for fraction in FRACTIONS]
    return (*(size for size in sizes[:-1] if size >= fewest), count)


class SubsetScores:
    """Leave-one-out errors of each image, of orderings near a present one.

    Args:
        runner: `StepRunner` of the task.
        images: `(n, H, W, C)` in random order: a subset is the first so many.
        labels: `(n,)` class indices.
        num_classes: number of classes.
        ordering: the present `Ordering`.

    Attributes:
        sizes: images in each subset, the last one all.
    """

    def __init__(self, runner, images, labels, num_classes, ordering):
        self._labels, self._num_classes, self._whole = labels, num_classes, runner.whole
        self.sizes = subset_sizes(len(labels), num_classes)
        # Where images depend on each other every subset runs by itself; else only those that it has more.
        firsts = [0] * len(self.sizes) if runner.whole else [0, *self.sizes[:-1]]
        ran = sum(self.sizes) - sum(firsts)
        self._parts = [
            StepFeatures(runner, images[first:last], ordering, MAX_BYTES * (last - first) / ran)
            for first, last in zip(firsts, self.sizes, strict=True)
        ]

    def pooled(self, ordering, subset, before=None):
        """Returns pooled features `(images, channels)` of an ordering on a subset.

        Args:
            ordering: `Ordering`.
            subset: index of the subset.
            before: what was returned for the subset before it; None for the first.
        """
        features = self._parts[subset].pooled(ordering)
        return features if self._whole or subset == 0 else np.concatenate([before, features])

    def errors(self, pooled):
        """Returns the error of each image of a subset, `(images,)`, from its pooled features."""
        return left_out_errors(pooled, self._labels[: len(pooled)], self._num_classes, SHARES)

    def take(self, ordering):
        """Makes another ordering the present one."""
        for part in self._parts:
            part.take(ordering)
