"""Schedules as pure functions of the progress, from 0 at the start to 1 at the end."""

import math

from keras_modnet.checks import expect


def exponential(start, end, progress):
    """Returns `start * (end / start) ** progress`: equal ratios in equal times.

    Args:
        start: positive value at progress 0.
        end: positive value at progress 1.
        progress: from 0 to 1; beyond is held.

    Raises:
        ValueError: a value that is not positive.
    """
    expect(start > 0, "start", "a positive number", start)
    expect(end > 0, "end", "a positive number", end)
    return start * (end / start) ** min(max(progress, 0.0), 1.0)


def cosine(start, end, progress):
    """Returns the half cosine from `start` to `end` (Loshchilov & Hutter 2017); progress beyond 0 to 1 is held."""
    progress = min(max(progress, 0.0), 1.0)
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
