"""A head in two parts: what its own training does not change, which is computed once an image, and the rest."""

from keras import ops

from keras_modnet.layers.normalizer import StepNormalizer


def settled(head, features):
    """Returns how far features get in a head until something trains; as little as that can be, exactly.

    Without a norm, or with the pooling in front of it, that is what is pooled. With a norm that looks at one image
    alone, and no activation behind it, it is what is pooled of the features without scale and offset, since the mean
    is linear: `mean(n * s + o) = mean(n) * s + o`. Else it is the features themselves.

    Args:
        head: a built `ClassifierHead`.
        features: `(batch, height, width, channels)`, what the last step returns.

    Returns:
        `(batch, ...)`, float32 under every dtype policy.
    """
    if head.norms is None:
        return head.pool(features)
    if head.pool_first:
        return head.pooled_positions(features)
    if _scales_what_is_pooled(head):
        channels = (features.shape[-1],)
        row = {"output/scale": ops.ones(channels), "output/offset": ops.zeros(channels)}
        return head.pooled_positions(StepNormalizer(head.norms, False, row).apply("output", features, None))
    return ops.cast(features, "float32")


def pool_settled(head, values, normalizer=None):
    """Returns what `head.pool(features, normalizer)` does, from `settled(head, features)`.

    Args:
        head: a built `ClassifierHead`.
        values: what `settled` returned.
        normalizer: what `head.norms.begin` or `measure` returned; None where there is no norm.
    """
    if head.norms is None:
        return values
    if head.pool_first:
        return head.flat(head.normalized(values, normalizer))
    if _scales_what_is_pooled(head):
        return head.flat(values * normalizer.rows["output/scale"] + normalizer.rows["output/offset"])
    return head.pool(ops.cast(values, head.compute_dtype), normalizer)


def classify_settled(head, values, training=None):
    """Returns what `head(features, training=training)` does, from `settled(head, features)`."""
    if head.norms is None:
        return head.classify(values)
    normalizer = head.norms.begin(training)
    pooled = pool_settled(head, values, normalizer)
    normalizer.finish()
    return head.classify(pooled)


def _scales_what_is_pooled(head):
    return head.activation in (None, "linear") and not head.norms.has_statistics("output")
