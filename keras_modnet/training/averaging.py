"""A bank that starts from a trained network without sharing: each block is the mean of those whose place it takes."""

import numpy as np

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.layers.values import value_of


def average_blocks(source, target, task):
    """Starts a task of a small bank from the same task trained with more blocks.

    Every block of `target` becomes the mean of the source's blocks at the steps where the target's ordering runs it; a
    block that it never runs stays. Stem, norms of each step and head are taken over as they are.

    Args:
        source: a trained `ModNet` whose task has a hard ordering, such as one block for every step.
        target: a `ModNet` of the same shapes whose task has a hard ordering of as many steps.
        task: name of the task in both.

    Raises:
        ValueError: an unknown task, a soft ordering, or networks that differ in more than the number of blocks.

    Reference:
        The mean of trained weights as the start of shared ones is the way of SPIN (Apple 2022, "Spin: an empirical
        evaluation on sharing parameters of isotropic networks").
    """
    orderings = []
    for name, model in (("source", source), ("target", target)):
        expect_one_of("task", task, model.task_names)
        orderings.append(model.ordering(task))
        expect(orderings[-1].is_hard, name, "a model whose ordering of the task is hard", orderings[-1])
    theirs, own = source.named_variables(), target.named_variables()
    _check_shapes(task, theirs, own)
    for name, variable in own.items():
        if name.startswith("bank/"):
            variable.assign(_means(value_of(theirs[name]), value_of(variable), *orderings))
        elif name.startswith(("stem/", f"tasks/{task}/norm/", f"tasks/{task}/head/")):
            variable.assign(value_of(theirs[name]))


def _check_shapes(task, theirs, own):
    for name, variable in own.items():
        taken = name.startswith(("stem/", f"tasks/{task}/norm/", f"tasks/{task}/head/"))
        if not (taken or name.startswith("bank/")):
            continue
        # Of a bank only the number of blocks may differ.
        skip = 1 if name.startswith("bank/") else 0
        expected = tuple(variable.shape)[skip:]
        found = tuple(theirs[name].shape)[skip:] if name in theirs else "nothing"
        expect(found == expected, "source", f"a model whose {name} has the shape {expected} of the target's", found)


def _means(theirs, own, source_ordering, target_ordering):
    means = np.array(own)
    for block in set(target_ordering.blocks):
        steps = [step for step, other in enumerate(target_ordering.blocks) if other == block]
        means[block] = theirs[[source_ordering.blocks[step] for step in steps]].mean(axis=0)
    return means
