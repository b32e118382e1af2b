"""Growing an ordering: blocks that have learned in a short one go on learning in a longer one."""

import numpy as np

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.layers.values import value_of
from keras_modnet.models.ordering import Ordering, as_ordering


def grow_ordering(model, task, ordering, damping=0.2):
    """Gives a task a longer ordering whose new steps change the features little at first.

    Steps that share blocks from the first batch on learn worse than the same blocks do in a short ordering. So train
    the short one, grow it, `compile` and train on. A new step starts with the norms of a former step that ran the same
    block, the scale and offset of its last norm times `damping`. Gather statistics anew (`refresh_statistics`) where
    the norms have any, before the model is used without further training.

    Args:
        model: a `ModNet`.
        task: name of a task with a hard ordering.
        ordering: list of block indices, or a hard `Ordering` without regard to its `norm_steps`. The n-th step that
            runs a block takes over the norms of the former n-th one; those beyond are new and copy the last one.
        damping: from over 0 to 1; 1, the one value for blocks whose output replaces the features, copies norms as they
            are. 0 would silence a new step for good in a block whose last norm stands before a relu.

    Returns:
        `model.ordering(task)`.

    Raises:
        ValueError: an unknown task, a soft ordering, a damping outside its range, or a block that the task has not run
            so far and has no norms for.
    """
    expect_one_of("task", task, model.task_names)
    former = model.ordering(task)
    expect(former.is_hard, "task", "a task with a hard ordering", former)
    expect(0 < damping <= 1, "damping", "a number over 0 and up to 1", damping)
    whole = "1 for blocks whose output replaces the features"
    expect(model.bank.residual or damping == 1, "damping", whole, damping)
    grown = as_ordering(ordering, model.bank.num_blocks)
    expect(grown.is_hard, "ordering", "a hard ordering", grown)
    unknown = sorted(set(grown.blocks) - set(former.blocks))
    expect(not unknown, "ordering", f"one of the blocks {sorted(set(former.blocks))} that the task runs", unknown)
    sources, new = norm_sources(former.blocks, grown.blocks)
    model.set_ordering(task, Ordering(grown.weights, tuple(sources)))
    _damp(model.task_layers[task].norms, new, damping)
    return model.ordering(task)


def norm_sources(former, grown):
    """Returns for each step of a grown ordering the former step whose norms it takes over, and which steps are new.

    Args:
        former: block of each step before.
        grown: block of each step afterwards; only blocks that ran before.
    """
    places = {block: [step for step, other in enumerate(former) if other == block] for block in set(former)}
    seen = dict.fromkeys(places, 0)
    sources, new = [], []
    for step, block in enumerate(grown):
        if seen[block] >= len(places[block]):
            new.append(step)
        sources.append(places[block][min(seen[block], len(places[block]) - 1)])
        seen[block] += 1
    return sources, new


def _damp(norms, steps, damping):
    if not norms.places:
        return
    # The last norm of the branch: what stands behind it sees so much less.
    last = list(norms.places)[-1]
    factors = np.ones((norms.num_steps, 1), "float32")
    factors[steps] = damping
    variables = norms.variables_by_name()
    for name in ("scale", "offset"):
        variable = variables[f"{last}/{name}"]
        variable.assign(factors * value_of(variable))
