"""Random numbers of Keras layers that follow from a number given at each call, and from nothing else."""

import keras
import numpy as np
from keras import ops


class DrawnSeeds(keras.random.SeedGenerator):
    """A seed generator without memory: `begin` says what the next draws follow from.

    Layers draw from it once it is their `generator`, before they are built. So images may be changed in parallel, in
    any order and again, with the same result, inside a `tf.data` pipeline and outside.
    """

    def __init__(self):
        super().__init__(seed=0)
        self._start, self._count = None, 0

    def begin(self, state):
        """Starts the draws that belong to a state.

        Args:
            state: two whole numbers, an array or a tensor, different for each image or batch.
        """
        self._start, self._count = ops.cast(ops.convert_to_tensor(state), self.state.dtype), 0

    def next(self, ordered=True):
        """Returns the next seed, of shape (2,)."""
        self._count += 1
        return ops.add(self._start, ops.convert_to_tensor(np.array([0, self._count]), self.state.dtype))

    def give_to(self, layers):
        """Makes layers that are not built yet draw from here, as far as they draw at all; returns them."""
        for layer in layers:
            if hasattr(layer, "generator"):
                layer.generator = self
        return layers


def number_state(*numbers):
    """Returns what `DrawnSeeds.begin` takes, int64 `(2,)` from 0 to 2 ** 31 - 1, from whole numbers of 0 or more."""
    return (np.random.SeedSequence(numbers).generate_state(2) >> 1).astype("int64")
