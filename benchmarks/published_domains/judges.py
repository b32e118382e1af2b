"""How orders are judged without labels of the target: pure functions of heads, features and predictions."""

import itertools

import numpy as np
from scipy import stats

from keras_modnet.adaptation.heads.closed_form import ridge_head


def fitted(domains, num_classes):
    """Returns kernel and bias of the head that `ridge_head` fits to several domains.

    Args:
        domains: `[(features (n, channels), labels (n,)), ...]`, at least one.
        num_classes: number of classes.
    """
    features, labels = (np.concatenate(parts) for parts in zip(*domains, strict=True))
    return ridge_head(features, labels, num_classes)


def logits_of(head, features):
    """Returns `(n, num_classes)`.

    Args:
        head: kernel and bias.
        features: `(n, channels)`.
    """
    kernel, bias = head
    return features @ kernel + bias


def left_out_losses(sources, num_classes):
    """Returns the cross-entropy of each image of the sources, by a head that is fitted to the other sources.

    Args:
        sources: as `fitted` takes them, at least two.
        num_classes: number of classes.

    Returns:
        `(n,)`, source after source.
    """
    losses = []
    for left_out, (features, labels) in enumerate(sources):
        head = fitted([own for index, own in enumerate(sources) if index != left_out], num_classes)
        logits = logits_of(head, features)
        # log(sum(exp)), and no number too large.
        losses.append(np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(labels)), labels])
    return np.concatenate(losses)


def agreement(sources, features, num_classes):
    """Returns how often heads of single sources say the same of images of the target, mean over pairs of sources.

    Args:
        sources: as `fitted` takes them, at least two.
        features: `(n, channels)` of the target.
        num_classes: number of classes.

    Reference:
        Jiang et al. 2022, "Assessing generalization of SGD via disagreement", arXiv 2106.13799.
    """
    said = [logits_of(fitted([own], num_classes), features).argmax(1) for own in sources]
    return float(np.mean([np.mean(one == other) for one, other in itertools.combinations(said, 2)]))


def committee(logits):
    """Returns for each of several predictors how often it says what the mean of their probabilities says.

    Args:
        logits: `(predictors, n, num_classes)`.

    Returns:
        `(predictors,)` shares.
    """
    probabilities = np.exp(logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True))
    together = probabilities.mean(0).argmax(-1)
    return np.mean(np.argmax(logits, -1) == together, axis=1)


def rank_correlation(scores, accuracies):
    """Returns Spearman's rank correlation of lower scores and higher accuracies; 0 where either is always the same."""
    if np.ptp(scores) == 0 or np.ptp(accuracies) == 0:
        return 0.0
    return float(-stats.spearmanr(scores, accuracies)[0])
