"""A head that starts where a closed form puts it, not at random weights."""

import keras
import numpy as np

from keras_modnet.adaptation.ridge import Ridge
from keras_modnet.checks import expect
from keras_modnet.layers.gradients import no_gradients
from keras_modnet.layers.steps import run_steps
from keras_modnet.layers.values import value_of

HEAD_INITS = ("ridge", "keep")
# Images that the closed form uses at most: more change it little, and all lie in memory at once.
MAX_IMAGES = 5000
_BATCH = 500
_SHARES = (1e-3, 1e-2, 1e-1, 1.0)
# Regression predicts 0 and 1; logits are that many times as far apart.
_SCALES = tuple(np.logspace(0, 2, 13))


def choose_head_init(model, task, parts, head_init):
    """Returns "ridge" or "keep".

    Args:
        model: a `ModNet`.
        task: name of the task.
        parts: what trains.
        head_init: one of these, or None: "ridge" for a fresh head that trains. A head is fresh while all of its biases
            are zero, as no training leaves them.

    Raises:
        ValueError: an unknown start, or "ridge" where "head" does not train.
    """
    expect(head_init is None or head_init in HEAD_INITS, "head_init", f"one of {HEAD_INITS} or None", head_init)
    expect(
        "head" in parts or head_init != "ridge", "head_init", 'other than "ridge" for parts without "head"', head_init
    )
    fresh = not value_of(model.task_layers[task].head.dense.bias).any()
    return head_init or ("ridge" if fresh and "head" in parts else "keep")


def start_head(model, task, images, labels):
    """Gives a task's dense layer the weights of `ridge_head` for its ordering and its present statistics.

    Args:
        model: a `ModNet`.
        task: name of the task.
        images: `(n, H, W, C)`.
        labels: `(n,)` integers.
    """
    dense = model.task_layers[task].head.dense
    kernel, bias = ridge_head(pooled_features(model, task, images), labels, model.num_classes(task))
    dense.kernel.assign(kernel.astype("float32"))
    dense.bias.assign(bias.astype("float32"))


def pooled_features(model, task, images):
    """Returns what a task's dense layer classifies, `(n, channels)`, as it runs at inference.

    Args:
        model: a `ModNet`.
        task: name of the task.
        images: `(n, H, W, C)`.
    """
    layers, pooled = model.task_layers[task], []
    with no_gradients():
        for start in range(0, len(images), _BATCH):
            ordering, norms = layers.router(training=False), layers.norms.begin(training=False)
            features = model.stem(images[start : start + _BATCH])
            features = run_steps(features, model.bank, ordering, norms, layers.router.gives_hard(False), model.unroll)
            own = None if layers.head.norms is None else layers.head.norms.begin(training=False)
            pooled.append(keras.ops.convert_to_numpy(layers.head.pool(features, own)))
    return np.concatenate(pooled)


def ridge_head(features, labels, num_classes):
    """Returns kernel and bias of a linear classifier in closed form, for softmax and cross-entropy.

    Ridge regression of one-hot labels. How far it shrinks, and the factor that makes logits of its predictions, are
    those with the lowest cross-entropy on images that the regression has not seen (`Ridge.residuals`).

    Args:
        features: `(n, channels)`.
        labels: `(n,)` integers from 0 to `num_classes - 1`.
        num_classes: number of classes.

    Returns:
        `(channels, num_classes)` and `(num_classes,)`.
    """
    labels = np.asarray(labels)
    fits = [Ridge(features, labels, num_classes, share) for share in _SHARES]
    losses = [[_cross_entropy(scale * (fit.targets - fit.residuals), labels) for scale in _SCALES] for fit in fits]
    fit, scale = np.unravel_index(np.argmin(losses), np.shape(losses))
    return tuple(_SCALES[scale] * part for part in fits[fit].kernel_and_bias())


def _cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]))
