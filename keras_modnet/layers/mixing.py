"""How an ordering and the stacked weights of a bank become the blocks of each step, as pure functions."""

from keras import ops

from keras_modnet.layers.stages import BlockLayerNorm, SkipConnection, StepNorm

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


def branch(x, stages, weights, norms):
    """Runs the stages of one block.

    Args:
        x: `(batch, height, width, channels)`.
        stages: the stages of the block kind.
        weights: `{"stage/weight": (...)}` of the block, float32.
        norms: what normalizes at the places of `norms.places`, by `norms.apply(place, x, None) -> x`; see
            `StepNormalizer`.

    Returns:
        The branch's output, shape of `x`.
    """
    skipped = x
    for stage in stages:
        if is_norm_of(norms, stage):
            x = norms.apply(stage.name, x, None)
        elif isinstance(stage, SkipConnection):
            x = skipped = x + skipped
        elif not isinstance(stage, StepNorm):
            x = stage.apply(x, {name: ops.cast(weights[f"{stage.name}/{name}"], x.dtype) for name in stage.weights()})
    return x


def is_norm_of(norms, stage):
    """Returns whether `norms` normalize at a stage, and not the block with scales and offsets of its own."""
    return isinstance(stage, StepNorm | BlockLayerNorm) and stage.name in norms.places


class NoNorms:
    """What a block runs with where no norm belongs to the step."""

    places = ()
