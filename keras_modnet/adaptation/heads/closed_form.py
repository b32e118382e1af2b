"""A head that starts where a closed form puts it, not at random weights."""

import bisect
import operator

import keras
import numpy as np

from keras_modnet.adaptation.heads.ridge import Ridge
from keras_modnet.checks import expect
from keras_modnet.layers.gradients import no_gradients
from keras_modnet.layers.values import value_of

HEAD_INITS = ("ridge", "keep")
# Images that the closed form uses at most: more change it little, and all lie in memory at once.
MAX_IMAGES = 5000
_BATCH = 500
# Strong shrinkage and small factors come first and win ties: with one image a class no image left out can tell.
_SHARES = tuple(np.logspace(0, -5, 11))
# Regression predicts 0 and 1; logits are that many times as far apart. Under 1 the head is near guessing.
_SCALES = tuple(np.logspace(-1, 2, 19))
# Part of an image that is counted in as wrong by a whole scale. A few images may all be right by luck, and then the
# largest scale would seem the best.
_DOUBT = 0.2


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
            features = layers.steps(model.stem(images[start : start + _BATCH]), training=False)
            own = None if layers.head.norms is None else layers.head.norms.begin(training=False)
            pooled.append(keras.ops.convert_to_numpy(layers.head.pool(features, own)))
    return np.concatenate(pooled)


def ridge_head(features, labels, num_classes):
    """Returns kernel and bias of a linear classifier in closed form, for softmax and cross-entropy.

    Ridge regression of one-hot labels. How far it shrinks, and the factor that makes logits of its predictions, are
    those with the lowest leave-one-out cross-entropy: each image is predicted by a regression without it
    (`Ridge.residuals`; Allen 1974). A fifth of a wrong image is counted in, which keeps a head of few images from being
    too sure. With one image a class no such regression has seen the class of its image, so that the factor is the least
    and the head starts near guessing.

    Args:
        features: `(n, channels)`, finite, at least one image.
        labels: `(n,)` integers from 0 to `num_classes - 1`; classes may lack images.
        num_classes: number of classes.

    Returns:
        `(channels, num_classes)` and `(num_classes,)`.

    Raises:
        ValueError: features of another rank, none or not finite.
    """
    labels = np.asarray(labels)
    ridge = Ridge(features, labels, num_classes, _SHARES[0])
    scaled = (_best_scale(ridge.with_share(share), labels) for share in _SHARES)
    _, scale, fit = min(scaled, key=operator.itemgetter(0))
    return tuple(scale * part for part in fit.kernel_and_bias())


def _best_scale(fit, labels):
    """Returns the lowest leave-one-out cross-entropy of a `Ridge`, doubt included, its scale, and the `Ridge`."""
    predictions = fit.targets - fit.residuals

    def loss(index):
        return _cross_entropy(_SCALES[index] * predictions, labels) + _DOUBT * _SCALES[index] / len(labels)

    # The loss is convex in the scale: where the next scale is no better, none after it is.
    best = bisect.bisect_left(range(len(_SCALES) - 1), True, key=lambda index: loss(index) <= loss(index + 1))
    return loss(best), _SCALES[best], fit


def _cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]))
