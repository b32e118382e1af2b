"""Losses on the probabilities of an ordering, as pure functions: how undecided it is, how uneven its use of blocks."""

import math

from keras import ops


def ordering_entropy(probabilities):
    """Returns the mean entropy of the steps in nats: zero where every step has decided.

    Args:
        probabilities: `(num_steps, num_blocks)`, rows sum to one.
    """
    return ops.mean(_entropy(probabilities))


def block_use_imbalance(probabilities):
    """Returns how far the use of the blocks over all steps is from even, in nats: `log(num_blocks)` minus its entropy.

    Zero where every block is used equally often, `log(num_blocks)` where all steps run one block. It says nothing about
    single steps: each may have decided. The idea is that of the load balancing of mixtures of experts (Shazeer et al.
    2017, "Outrageously large neural networks", section 4).

    Args:
        probabilities: `(num_steps, num_blocks)`, rows sum to one.
    """
    return math.log(probabilities.shape[-1]) - _entropy(ops.mean(probabilities, axis=0))


def _entropy(rows):
    # The gradient of x log x has no finite value at zero, where a softmax underflows.
    return -ops.sum(rows * ops.log(ops.maximum(rows, 1e-12)), axis=-1)
