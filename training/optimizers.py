"""The optimizer of the recipes."""

import keras

from keras_modnet.training.optimizers import adamw


def recipe_optimizer(recipe, steps, variables):
    """Returns AdamW with warm-up, cosine decay, and weight decay on kernels only.

    Args:
        recipe: a `Recipe`.
        steps: training steps in all.
        variables: what will train.
    """
    warmup = int(recipe.warmup_share * steps)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0 if warmup else recipe.learning_rate,
        decay_steps=max(steps - warmup, 1),
        warmup_target=recipe.learning_rate if warmup else None,
        warmup_steps=warmup,
        alpha=recipe.final_share,
    )
    return adamw(schedule, recipe.weight_decay, variables, recipe.ema_momentum)
