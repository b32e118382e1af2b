import dataclasses

import numpy as np
import pytest

from benchmarks.published_domains import orders
from keras_modnet.models.ordering import Ordering


@dataclasses.dataclass
class RandomCase:
    """Features that depend on the order, and labels that do not."""

    target_labels: np.ndarray
    num_classes: int = 3

    @property
    def published(self):
        return Ordering.from_blocks(range(3), 3)

    def _features(self, ordering, domain):
        generator = np.random.default_rng([domain, *ordering.blocks])
        return generator.normal(size=(24, 6)) + np.eye(6)[np.arange(24) % 3]

    def sources(self, ordering):
        return [(self._features(ordering, domain), np.arange(24) % 3) for domain in (1, 2)]

    def target_under(self, ordering):
        return self._features(ordering, 3), self.target_labels

    def test_under(self, ordering):
        return self._features(ordering, 4), np.arange(24) % 3


def test_every_edit_is_a_candidate_once_and_the_published_order_is_the_first():
    found = [ordering.blocks for ordering in orders.candidates(Ordering.from_blocks(range(3), 3))]
    assert found[0] == (0, 1, 2)
    assert sorted(found[1:]) == [(0,), (0, 0, 1, 2), (0, 1), (0, 1, 1, 2), (0, 1, 2, 2), (0, 2), (1, 2)]


@pytest.fixture(scope="module")
def judged():
    return orders.judge_all(RandomCase(np.arange(24) % 3))


def test_the_targets_labels_decide_nothing_but_oracles(judged):
    case, other = (RandomCase(labels) for labels in (np.arange(24) % 3, np.arange(24)[::-1] // 8))
    rows, changed = orders.order_rows(case, judged), orders.order_rows(other, orders.judge_all(other))
    differ = {name for name in rows if rows[name] != changed[name]}
    assert differ
    assert differ <= {orders.ORACLE_ORDER, orders.ORACLE}


def test_each_row_takes_the_order_with_its_lowest_score(judged):
    rows = orders.order_rows(RandomCase(np.arange(24) % 3), judged)
    scores = {own.ordering.blocks: own.scores for own in judged}
    for name in orders.JUDGES:
        taken = scores[tuple(rows[name]["ordering"])][name]
        assert taken == min(own[name] for own in scores.values())
    published, left_out = scores[(0, 1, 2)], orders.LEFT_OUT
    guarded = scores[tuple(rows[orders.GUARDED]["ordering"])]
    assert guarded[left_out] <= published[left_out]
    assert guarded[orders.INFORMATION] <= published[orders.INFORMATION]
    assert rows[orders.POOLED]["ordering"] == [0, 1, 2]
    assert rows[orders.DEPTH]["ordering"] in ([0], [0, 1], [0, 1, 2])
