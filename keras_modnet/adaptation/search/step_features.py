"""Pooled features of orderings: what an ordering begins with like the present one is not run again."""

import math

import numpy as np
from keras import ops

# Images that run together where no statistics of all images are needed.
CHUNK = 64
# Features in front of steps that are kept take so many bytes at most.
MAX_BYTES = 2**30


class StepFeatures:
    """Pooled features of images under a present ordering and others like it.

    Images run in chunks, unless batch norms measure: these need all images at once. Features in front of every k-th
    step of the present ordering are kept, k such that all of them fit into `max_bytes`.

    Args:
        runner: `StepRunner` of the task.
        images: `(n, H, W, C)`.
        ordering: the `Ordering` at the start, of which each step's block runs.
        max_bytes: bound of what is kept.

    Attributes:
        ordering: the present ordering.
    """

    def __init__(self, runner, images, ordering, max_bytes=MAX_BYTES):
        size = len(images) if runner.whole else CHUNK
        chunks = [images[start : start + size] for start in range(0, len(images), size)]
        self.ordering = ordering
        self._chunks = [_Chunk(runner, chunk, max_bytes * len(chunk) / len(images)) for chunk in chunks]

    @property
    def blocks(self):
        """The block of each step of the present ordering."""
        return self.ordering.blocks

    def pooled(self, ordering=None):
        """Returns pooled features `(n, channels)` of an ordering, as an array; default of the present one."""
        path = _path(self.ordering if ordering is None else ordering)
        present = _path(self.ordering)
        return np.concatenate([ops.convert_to_numpy(chunk.pooled(path, present)) for chunk in self._chunks])

    def take(self, ordering):
        """Makes another ordering the present one."""
        shared = _shared(_path(self.ordering), _path(ordering))
        for chunk in self._chunks:
            chunk.forget(shared)
        self.ordering = ordering


def _path(ordering):
    return tuple(zip(ordering.blocks, ordering.norm_steps, strict=True))


def _shared(path, other):
    """Returns with how many equal steps two paths begin."""
    differ = (step for step, (a, b) in enumerate(zip(path, other, strict=False)) if a != b)
    return next(differ, min(len(path), len(other)))


class _Chunk:
    """Images that run together, and the features in front of some steps of the present path."""

    def __init__(self, runner, images, max_bytes):
        self._runner, self._images, self._max_bytes, self._kept = runner, images, max_bytes, {}

    def pooled(self, path, present):
        shared = _shared(path, present)
        step = max((step for step in self._kept if step <= shared), default=None)
        x = self._kept[step] if step is not None else self._runner.stem(self._images)
        # Float32 at most, the features of all steps and those behind the last.
        every = max(1, math.ceil((len(present) + 1) * 4 * math.prod(x.shape) / self._max_bytes))
        start = step or 0
        for reached in range(start, len(path) + 1):
            if reached > start:
                x = self._runner.step(x, *path[reached - 1])
            if reached <= shared and (reached + 1) % every == 0:
                self._kept[reached] = x
        return self._runner.pool(x)

    def forget(self, shared):
        """Forgets the features behind the first so many steps."""
        self._kept = {step: x for step, x in self._kept.items() if step <= shared}
