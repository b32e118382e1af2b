"""How a search runs a task: stem, one step with the norms that it is to have, pooling."""

import numpy as np
from keras import ops

from keras_modnet.layers.mixing import NoNorms


class StepRunner:
    """Runs single steps of hard orderings of a task, and changes nothing in the model.

    Norms that belong to a (task, step) go with `Ordering.norm_steps`. Where a kind of block has norms of its own and
    the task has some in their place, a step keeps the task's as long as it runs the block that they were made for, and
    another block runs with its own.

    Args:
        model: a `ModNet`.
        task: name of the task, whose norms and head's norm are used.
        measured: whether batch norms use the statistics of the images, in place of the task's moving ones.

    Attributes:
        whole: whether features of an image depend on the other images of its batch.
    """

    def __init__(self, model, task, measured=True):
        self.stem, self._bank, self._head = model.stem, model.bank, model.task_layers[task].head
        norms, self._measured = model.task_layers[task].norms, measured
        self._made_for = model.ordering(task).blocks
        # Gathers nothing into the layers: a `Normalizer` that measures writes only when it is finished.
        self._normalizer, self._selections = self._begin(norms), {}
        used = [own for own in (norms, self._head.norms) if own is not None and own.places]
        self.whole = measured and any(own.norm == "batch" for own in used)

    def step(self, x, block, norm_step):
        """Returns the features behind one step.

        Args:
            x: features `(batch, height, width, channels)`.
            block: the block that runs.
            norm_step: the step of the task whose norms it runs with.
        """
        if block not in self._selections:
            row = ops.convert_to_tensor(np.eye(self._bank.num_blocks, dtype="float32")[[block]])
            selection = self._bank.select(row, hard=True)
            self._selections[block] = (selection, *selection.per_step())
        return self._bank.step(x, *self._selections[block], self._norms(block, norm_step))

    def pool(self, x):
        """Returns what the head's dense layer classifies, `(batch, channels)`, a tensor."""
        norms = self._head.norms
        return self._head.pool(x, None if norms is None else self._begin(norms))

    def _norms(self, block, norm_step):
        norms = self._normalizer.step(norm_step)
        own = self._bank.block_norms
        if not own or block == self._made_for[norm_step]:
            return norms
        return _Elsewhere(norms, own)

    def _begin(self, norms):
        return norms.measure() if self._measured else norms.begin(training=False)


class _Elsewhere(NoNorms):
    """Norms of a step but for the places where the block has its own."""

    def __init__(self, norms, own):
        self.places, self.apply = tuple(place for place in norms.places if place not in own), norms.apply
