"""Where a new head starts: at the linear classifier in closed form on the features that it pools."""

import keras
import numpy as np

from keras_modnet.adaptation.phases import batches_of, settle_statistics
from keras_modnet.adaptation.ridge import fit_ridge
from keras_modnet.checks import expect
from keras_modnet.layers.gradients import no_gradients
from keras_modnet.layers.steps import run_steps
from keras_modnet.layers.values import value_of
from keras_modnet.models.data_checks import check_images, check_labels, class_indices

HEAD_INITS = ("ridge", "keep")
# Images that a head is fitted to; the regression gains little from more, and each costs a pass through the network.
MAX_IMAGES = 5000
# Strengths of the ridge that are tried: from hardly any to little more than the means of the classes.
STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
# Factors of the predictions, which are near 0 and 1, on their way to logits.
SCALES = np.geomspace(1.0, 300.0, 18)
# A smaller factor is taken for so little: where classes lie apart, ever larger logits gain nothing and stop learning.
NEARLY_LEAST = 0.01


def choose_head_init(model, task, parts, head_init):
    """Returns how the task's head starts, "ridge" or "keep".

    Args:
        model: a `ModNet`.
        task: name of the task.
        parts: what trains.
        head_init: one of `HEAD_INITS`, or None: "ridge" where a fresh head trains, one whose bias is all zeros.

    Raises:
        ValueError: another value, or "ridge" for a head that is not among the parts.
    """
    known = head_init is None or head_init in HEAD_INITS
    expect(known, "head_init", f"one of {HEAD_INITS} or None", head_init)
    expect(head_init != "ridge" or "head" in parts, "head_init", 'other than "ridge" without "head" in `parts`', parts)
    if head_init is not None:
        return head_init
    fresh = not np.any(value_of(model.task_layers[task].head.dense.bias))
    return "ridge" if fresh and "head" in parts else "keep"


def start_head(model, task, parts, dataset, statistics_batches):
    """Gives the task's head the kernel and bias of `ridge_head` on its pooled features, with its hard ordering.

    Features are those of inference: statistics that will follow the batches are gathered first, of the first batches.

    Args:
        model: a `ModNet`, the task selected.
        task: name of the task.
        parts: whose statistics are gathered: "norm" or "statistics" those of the steps, "head" those of its norm.
        dataset: dataset of batches; the first `MAX_IMAGES` images of it count. With fewer than two the head stays.
        statistics_batches: batches that the statistics are gathered from.

    Raises:
        ValueError: a batch that the task cannot take.
    """
    settle_statistics(model, task, parts, dataset, statistics_batches)
    features, labels = pooled_features(model, task, dataset, MAX_IMAGES)
    if len(labels) < 2:
        return
    dense = model.task_layers[task].head.dense
    kernel, bias = ridge_head(features, labels, model.num_classes(task))
    dense.kernel.assign(kernel.astype("float32"))
    dense.bias.assign(bias.astype("float32"))


def pooled_features(model, task, dataset, max_images):
    """Returns what the task's head hands to its dense layer in inference, `(n, channels)`, and the labels `(n,)`.

    Args:
        model: a `ModNet`.
        task: name of the task.
        dataset: dataset of batches `(images, labels)`, labels integers or one-hot rows.
        max_images: images at most; the first ones.

    Raises:
        ValueError: a batch that the task cannot take.
    """
    pooled, classes, seen = [], [], 0
    with no_gradients():
        for batch in batches_of(dataset):
            images, labels = batch[0][: max_images - seen], batch[1][: max_images - seen]
            check_images(task, images, model.image_shape)
            check_labels(task, labels, model.num_classes(task), len(images))
            pooled.append(keras.ops.convert_to_numpy(_pool(model, model.task_layers[task], images)))
            classes.append(class_indices(labels))
            seen += len(images)
            if seen >= max_images:
                break
    return np.concatenate(pooled), np.concatenate(classes)


def ridge_head(features, labels, num_classes):
    """Returns kernel and bias of logits from ridge regression, its strength and the size of the logits chosen.

    The strength has the least leave-one-out squared error of all `STRENGTHS`; the predictions become logits by the
    least of `SCALES` whose leave-one-out cross-entropy is within `NEARLY_LEAST` of the lowest.

    Args:
        features: `(n, channels)`, n at least 2.
        labels: `(n,)` integers from 0 to `num_classes - 1`; classes may be missing: their logits are 0.
        num_classes: number of classes.

    Returns:
        `(channels, num_classes)` and `(num_classes,)`, float64.
    """
    fits = [fit_ridge(features, labels, num_classes, strength) for strength in STRENGTHS]
    best = min(fits, key=lambda fit: fit.error)
    losses = np.array([_cross_entropy(scale * best.left_out, labels) for scale in SCALES])
    scale = SCALES[np.argmax(losses <= losses.min() + NEARLY_LEAST)]
    return scale * best.kernel, scale * best.bias


def _pool(model, layers, images):
    router, head = layers.router, layers.head
    normalizer, hard = layers.norms.begin(training=False), router.gives_hard(False)
    features = run_steps(model.stem(images), model.bank, router(training=False), normalizer, hard, model.unroll)
    return head.pool(features, None if head.norms is None else head.norms.begin(training=False))


def _cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    of_labels = shifted[np.arange(len(labels)), labels]
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - of_labels))
