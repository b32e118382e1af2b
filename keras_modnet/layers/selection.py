"""What a bank runs at each step: weights of one block, or all blocks with the weights that mix what comes out."""

import dataclasses

from keras import ops


@dataclasses.dataclass(frozen=True)
class Selection:
    """What `BlockBank.select` returns for all steps.

    Attributes:
        rows: `{name: (num_steps, ...)}`: each step's weights of the block that runs; or `{"ordering": (num_steps,
            num_blocks)}` where every block runs.
        stacked: where every block runs, `{name: (num_blocks, ...)}`; else None.
    """

    rows: dict
    stacked: dict | None = None

    def per_step(self):
        """Returns one dict `{name: (...)}` for each step: `rows` taken apart.

        Unstacking has stacking as its gradient, where slices would be padded, once a step.
        """
        parts = {name: ops.unstack(value, value.shape[0]) for name, value in self.rows.items()}
        num_steps = len(next(iter(parts.values())))
        return [{name: values[step] for name, values in parts.items()} for step in range(num_steps)]
