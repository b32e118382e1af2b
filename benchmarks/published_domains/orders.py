"""The rows of `benchmarks.published_domains` in which a head alone is fitted, each under an order of its own choice."""

import dataclasses

import numpy as np
from keras import ops

from benchmarks.published_domains import judges
from keras_modnet.adaptation.domains.objectives import information_maximization
from keras_modnet.adaptation.heads.closed_form import ridge_head
from keras_modnet.adaptation.heads.leave_one_out import left_out_errors
from keras_modnet.adaptation.search.certainty import surely_less
from keras_modnet.adaptation.search.neighbours import truncations
from keras_modnet.adaptation.search.subset_scores import SHARES

POOLED = "pooled sources"
DEPTH = "pooled sources at the depth that suits sources left out"
INFORMATION = "order only, by information maximization"
KEPT = "order only, by information maximization, head of the published order"
HEADS = "order only, by agreement of the sources' heads"
COMMITTEE = "order only, by agreement with all orders together"
LEFT_OUT = "order only, by sources left out"
SURE = "order only, by sources left out, where it is surely better"
GUARDED = "order only, by information maximization among those that sources left out like as well"
ORACLE_ORDER = "oracle: order by the target's labels, head of the sources"
ORACLE = "oracle: order and head by the target's labels"
# What is judged without labels of the target: correlations are of these.
JUDGES = (INFORMATION, KEPT, HEADS, COMMITTEE, LEFT_OUT)


@dataclasses.dataclass(frozen=True)
class Judged:
    """An order, the head that the sources give it, and what can be said of it.

    Attributes:
        ordering: the `Ordering`.
        head: kernel and bias.
        logits: of the target's images, `(n, num_classes)`.
        losses: as `judges.left_out_losses` returns them.
        scores: `{row: score}` of `JUDGES`, the lower, the better; no label of the target is in any.
        accuracy: on the target's images, for oracles and correlations.
        own_error: leave-one-out error with the target's labels, for the oracle.
    """

    ordering: object
    head: tuple
    logits: np.ndarray
    losses: np.ndarray
    scores: dict
    accuracy: float
    own_error: float


def candidates(published):
    """Returns the published order, and those with its last steps left out, a step repeated or a step removed."""
    steps = range(published.num_steps)
    edited = [edit.ordering for edit in truncations(published)]
    edited += [published.repeat(step) for step in steps]
    if published.num_steps > 1:
        edited += [published.remove(step) for step in steps]
    return list({ordering.blocks: ordering for ordering in (published, *edited)}.values())


def judge_all(case):
    """Returns a `Judged` for each of `candidates`, the published order first.

    Args:
        case: `case.Case`.
    """
    orderings = candidates(case.published)
    kept = judges.fitted(case.sources(orderings[0]), case.num_classes)
    judged = [_judged(case, ordering, kept) for ordering in orderings]
    for own, share in zip(judged, judges.committee(np.stack([own.logits for own in judged])), strict=True):
        own.scores[COMMITTEE] = -float(share)
    return judged


def _judged(case, ordering, kept):
    sources, (features, labels), classes = case.sources(ordering), case.target_under(ordering), case.num_classes
    head = judges.fitted(sources, classes)
    logits, losses = judges.logits_of(head, features), judges.left_out_losses(sources, classes)
    scores = {
        INFORMATION: _information(logits),
        KEPT: _information(judges.logits_of(kept, features)),
        HEADS: -judges.agreement(sources, features, classes),
        LEFT_OUT: float(losses.mean()),
    }
    own_error = float(left_out_errors(features, labels, classes, SHARES).mean())
    return Judged(ordering, head, logits, losses, scores, float(np.mean(logits.argmax(1) == labels)), own_error)


def _information(logits):
    return float(ops.convert_to_numpy(information_maximization(ops.convert_to_tensor(logits))))


def order_rows(case, judged):
    """Returns `{row: {"accuracy_percent": ..., "ordering": ...}}`; labels of the target decide in oracles only.

    Args:
        case: `case.Case`.
        judged: what `judge_all` returned.
    """
    published, rows = judged[0], {}
    chosen = {name: min(judged, key=lambda own, name=name: own.scores[name]) for name in JUDGES}
    best = chosen[LEFT_OUT]
    sure = surely_less(best.losses, published.losses, max(1, len(judged) - 1))
    # Of orders under which a source left out is told as well as under the published one, which is among them.
    liked = [own for own in judged if own.scores[LEFT_OUT] <= published.scores[LEFT_OUT]]
    depths = [own for own in judged if own.ordering.blocks == published.ordering.blocks[: own.ordering.num_steps]]
    chosen |= {
        POOLED: published,
        DEPTH: min(depths, key=lambda own: own.scores[LEFT_OUT]),
        SURE: best if sure else published,
        GUARDED: min(liked, key=lambda own: own.scores[INFORMATION]),
        ORACLE_ORDER: max(judged, key=lambda own: own.accuracy),
        ORACLE: min(judged, key=lambda own: own.own_error),
    }
    heads = {name: own.head for name, own in chosen.items()} | {KEPT: published.head}
    heads[ORACLE] = ridge_head(*case.target_under(chosen[ORACLE].ordering), case.num_classes)
    for name, own in chosen.items():
        features, labels = case.test_under(own.ordering)
        right = judges.logits_of(heads[name], features).argmax(1) == labels
        rows[name] = {"accuracy_percent": 100 * float(right.mean()), "ordering": list(own.ordering.blocks)}
    return rows


def correlations(judged):
    """Returns `{row: rank correlation of its score and the accuracy on the target's images}` over all orders."""
    accuracies = [own.accuracy for own in judged]
    return {name: judges.rank_correlation([own.scores[name] for own in judged], accuracies) for name in JUDGES}
