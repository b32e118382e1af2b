"""Features of a task step by step, so that an ordering that differs in one step runs again from there only."""

import numpy as np
from keras import ops


class StepFeatures:
    """Features in front of every step of a hard ordering, with the statistics that the images have or the task's own.

    Args:
        model: a `ModNet`.
        task: name of the task, whose norms and head's norm are used.
        images: `(n, H, W, C)`, one batch.
        blocks: the block of each step.
        measured: whether batch norms use the statistics of these images, in place of the task's moving ones.

    Attributes:
        blocks: the block of each step now.
        num_blocks: blocks of the bank.
    """

    def __init__(self, model, task, images, blocks, measured=True):
        self._bank, self._layers = model.bank, model.task_layers[task]
        self.blocks, self.num_blocks = list(blocks), model.bank.num_blocks
        # One row a block: what the bank needs to run that block.
        self._selection = self._bank.select(ops.convert_to_tensor(np.eye(self.num_blocks, dtype="float32")), hard=True)
        self._rows = self._selection.per_step()
        # Gathers nothing into the layers: a `Normalizer` that measures writes only when it is finished.
        self._measured = measured
        self._normalizer = self._begin(self._layers.norms)
        self._before = [model.stem(images)]

    def pooled_with(self, step, block):
        """Returns pooled features `(n, channels)` of the ordering with another block at one step."""
        blocks = [*self.blocks[:step], block, *self.blocks[step + 1 :]]
        x = self._in_front_of(step)
        for index in range(step, len(blocks)):
            x = self._run(index, blocks[index], x)
        return self._pool(x)

    def set_block(self, step, block):
        """Puts another block at one step."""
        self.blocks[step] = block
        del self._before[step + 1 :]

    def _in_front_of(self, step):
        while len(self._before) <= step:
            index = len(self._before) - 1
            self._before.append(self._run(index, self.blocks[index], self._before[index]))
        return self._before[step]

    def _run(self, step, block, x):
        return self._bank.step(x, self._selection, self._rows[block], self._normalizer.step(step).apply)

    def _begin(self, norms):
        return norms.measure() if self._measured else norms.begin(training=False)

    def _pool(self, x):
        head = self._layers.head
        return head.pool(x, None if head.norms is None else self._begin(head.norms))
