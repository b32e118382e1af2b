import numpy as np
import pytest

from benchmarks.published_domains import judges

LABELS = np.array([0, 0, 0, 1, 1, 1])
FEATURES = np.array([[-1.2], [-1.0], [-0.8], [0.8], [1.0], [1.2]])


def test_a_source_that_is_left_out_is_judged_by_the_others_alone():
    sources = [(FEATURES, LABELS), (FEATURES + 0.1, LABELS), (FEATURES, 1 - LABELS)]
    losses = judges.left_out_losses(sources, 2).reshape(3, -1)
    for left_out, (features, labels) in enumerate(sources):
        logits = judges.logits_of(judges.fitted(sources[:left_out] + sources[left_out + 1 :], 2), features)
        probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        np.testing.assert_allclose(losses[left_out], -np.log(probabilities[np.arange(6), labels]))
    # Sources that contradict each other leave nothing to say; those that agree are sure, and wrong about the third.
    np.testing.assert_allclose(losses[:2], np.log(2))
    assert losses[2].min() > np.log(2)


@pytest.mark.parametrize(("labels", "expected"), [(LABELS, 1.0), (1 - LABELS, 0.0)])
def test_agreement_is_how_often_heads_of_single_sources_say_the_same(labels, expected):
    sources = [(FEATURES, LABELS), (FEATURES, labels)]
    assert judges.agreement(sources, FEATURES, 2) == expected


def test_the_committee_says_what_most_are_sure_of():
    logits = np.array([[[9.0, 0.0]], [[8.0, 0.0]], [[0.0, 1.0]]])
    np.testing.assert_array_equal(judges.committee(logits), [1.0, 1.0, 0.0])


@pytest.mark.parametrize(
    ("scores", "expected"), [([3.0, 2.0, 0.0], 1.0), ([0.0, 2.0, 3.0], -1.0), ([2.0, 2.0, 2.0], 0.0)]
)
def test_a_score_that_falls_while_accuracy_rises_has_a_rank_correlation_of_one(scores, expected):
    assert judges.rank_correlation(scores, [0.1, 0.2, 0.9]) == pytest.approx(expected)
