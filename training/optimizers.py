"""The optimizer of the recipes."""

import keras

# Norms, biases and an ordering's logits have no scale that shrinking would regularise.
WITHOUT_DECAY = ("logits", "scale", "offset", "bias")


def adamw(recipe, steps):
    """Returns AdamW with warm-up, cosine decay to zero, and weight decay on kernels only.

    Args:
        recipe: a `Recipe`.
        steps: training steps in all.
    """
    warmup = int(recipe.warmup_share * steps)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0 if warmup else recipe.learning_rate,
        decay_steps=max(steps - warmup, 1),
        warmup_target=recipe.learning_rate if warmup else None,
        warmup_steps=warmup,
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=list(WITHOUT_DECAY))
    return optimizer
