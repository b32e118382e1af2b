"""How an ordering and the stacked weights of a bank become the blocks of each step, as pure functions."""

from keras import ops

from keras_modnet.layers.stages import StepNorm

MIXINGS = ("weights", "outputs")


def mix_weights(ordering, stacked):
    """Mixes the weights of all blocks for all steps at once (Savarese & Maire 2019, soft weight sharing).

    Args:
        ordering: `(num_steps, num_blocks)`, float32, rows sum to one.
        stacked: `{name: (num_blocks, ...)}`, float32.

    Returns:
        `{name: (num_steps, ...)}`: `sum_n ordering[step, n] stacked[name][n]`, one matrix product a weight.
    """
    return {name: ops.tensordot(ordering, value, axes=1) for name, value in stacked.items()}


def pick_weights(ordering, stacked):
    """Returns what `mix_weights` does for one-hot rows, by index: what is not picked is not read."""
    blocks = ops.argmax(ordering, axis=-1)
    return {name: ops.take(value, blocks, axis=0) for name, value in stacked.items()}


def split_blocks(stacked):
    """Returns one dict `{name: (...)}` for each block of `{name: (num_blocks, ...)}`."""
    rows = {name: ops.unstack(value, value.shape[0]) for name, value in stacked.items()}
    num_blocks = len(next(iter(rows.values())))
    return [{name: values[block] for name, values in rows.items()} for block in range(num_blocks)]


def branch(x, stages, blocks, weights, normalize):
    """Runs the residual branch of one or of several blocks on the same features.

    Args:
        x: `(batch, height, width, channels)`.
        stages: the stages of the block kind.
        blocks: a dict of weights for each block that is to run.
        weights: `(num_blocks,)` to mix the blocks' outputs with; None where one block runs.
        normalize: `normalize(place, candidates, weights) -> candidates`.

    Returns:
        The branch's output, shape of `x`; for several blocks the weighted sum (Meyerson & Miikkulainen 2018, soft layer
        ordering).
    """
    candidates = [x]
    for stage in stages:
        if isinstance(stage, StepNorm):
            candidates = normalize(stage.name, candidates, weights)
        elif stage.weights():
            # Until the first stage with weights all blocks see the same features, so nothing is computed twice.
            inputs = candidates if len(candidates) == len(blocks) else candidates * len(blocks)
            candidates = [
                stage.apply(features, own_weights(stage, block, features.dtype))
                for features, block in zip(inputs, blocks, strict=True)
            ]
        else:
            candidates = [stage.apply(features, {}) for features in candidates]
    if weights is None:
        return candidates[0]
    weights = ops.cast(weights, x.dtype)
    return sum(weights[index] * features for index, features in enumerate(candidates))


def own_weights(stage, block, dtype):
    """Returns the weights of one stage by their short names, in the dtype of the features."""
    return {name: ops.cast(block[f"{stage.name}/{name}"], dtype) for name in stage.weights()}
