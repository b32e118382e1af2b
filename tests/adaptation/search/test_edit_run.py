import itertools

import numpy as np
import pytest

from keras_modnet import Ordering
from keras_modnet.adaptation.search import edit_run
from keras_modnet.adaptation.search.certainty import RISK, _quantile, surely_less
from keras_modnet.adaptation.search.edit_run import EditRun
from keras_modnet.adaptation.search.neighbours import exchange, far, near, truncations
from keras_modnet.adaptation.search.subset_scores import SubsetScores

START = Ordering.from_blocks([0, 1, 2], 3)


class Drawn:
    """A `StepRunner` whose pooled features are drawn for each ordering, of different sizes and spreads."""

    whole = True

    def __init__(self, labels=None):
        self._labels = labels

    def stem(self, images):
        return images

    def step(self, x, block, norm_step):
        # What ran is told by a channel more each time.
        return np.concatenate([x, np.full((len(x), 1), block + 1.0)], axis=1)

    def pool(self, x):
        path = x[0, 1:].astype(int).tolist()
        generator = np.random.default_rng(path)
        features = generator.normal(size=(len(x), generator.integers(2, 40))) * generator.uniform(0.1, 10)
        if self._labels is not None and path == [1, 1, 2, 3]:
            features[:, 0] += 6 * features.std() * self._labels
        return features


def run_on(labels, runner, seed=0, **options):
    scores = SubsetScores(runner, np.zeros((len(labels), 1)), labels, int(labels.max()) + 1, START)
    run = EditRun(scores, START, lambda ordering: 0.0, lambda ordering: ordering.blocks, **options)
    run.search(np.random.default_rng(seed), max_steps=4)
    return run


def test_labels_that_are_noise_change_nothing():
    taken = 0
    for seed in range(12):
        labels = np.random.default_rng(seed).integers(0, 3, 60)
        run = run_on(labels, Drawn(), seed)
        taken += any(trial.taken and not trial.edited.edit.startswith(("start", "stop")) for trial in run.trials)
        assert len(run.trials) > (20 if run.present.ordering == START else 3)
    # One in twenty may be.
    assert taken <= 1


def test_what_one_ordering_knows_of_the_labels_is_found():
    labels = np.arange(90) % 2
    assert run_on(labels, Drawn(labels)).present.ordering.blocks == (0, 0, 1, 2)


class Told:
    """`SubsetScores` that are told the error of each ordering, the same for all images but for noise that all share."""

    sizes = (10, 20, 40)

    def __init__(self, errors, clock=None):
        self._errors, self._clock, self.present = errors, clock, START
        self.noise = np.random.default_rng(0).normal(0, 0.1, 40)

    def pooled(self, ordering, subset, before=None):
        if self._clock is not None:
            self._clock.append(ordering)
        return np.full(self.sizes[subset], self._errors(ordering))

    def errors(self, pooled):
        return pooled + self.noise[: len(pooled)]

    def take(self, ordering):
        self.present = ordering


def distance(ordering, goal=(2, 2, 1, 0)):
    """Edits by which the blocks differ from a goal (Levenshtein), as an error."""
    rows = list(range(len(goal) + 1))
    for i, block in enumerate(ordering.blocks, 1):
        above, rows[0] = rows[0], i
        for j, wanted in enumerate(goal, 1):
            above, rows[j] = rows[j], min(rows[j] + 1, rows[j - 1] + 1, above + (block != wanted))
    return 0.1 * rows[-1]


def test_it_goes_from_one_edit_to_the_next():
    scores = Told(distance)
    run = EditRun(scores, START, lambda ordering: 0.0, lambda ordering: ordering.blocks)
    run.search(np.random.default_rng(0))
    assert run.present.ordering.blocks == (2, 2, 1, 0)
    assert scores.present is run.present.ordering
    assert [len(trial.errors) for trial in run.trials if trial.taken] == [40] * sum(t.taken for t in run.trials)


def test_the_better_half_goes_on():
    run = EditRun(Told(lambda ordering: 0.1), START, lambda ordering: 0.0, lambda ordering: ordering.blocks)
    run.search(np.random.default_rng(0), max_steps=3)
    # Two truncations; near are two removals more and two swaps; far are one more swap and six exchanges.
    counts = [len(trial.errors) for trial in run.trials[1:]]
    assert counts[:2] == [40, 40]
    assert [counts[2:6].count(size) for size in (10, 20, 40)] == [2, 1, 1]
    assert [counts[6:].count(size) for size in (10, 20, 40)] == [3, 2, 2]


def test_time_that_ends_within_a_comparison_takes_what_is_sure(monkeypatch):
    begun = []
    monkeypatch.setattr(edit_run.time, "perf_counter", lambda: len(begun))

    # The start takes three; two truncations six; seven near edits as many, four go on, two of them to all images.
    def wanted(ordering):
        return 0.05 if ordering.blocks == (0, 0, 1, 2) else 0.1

    found = {}
    for seconds in (6 + 4, 6 + 7 + 4, 6 + 7 + 4 + 1, 6 + 7 + 4 + 2):
        begun.clear()
        run = EditRun(Told(wanted, begun), START, lambda ordering: 0.0, lambda ordering: ordering.blocks, seconds + 3)
        run.search(np.random.default_rng(0))
        found[seconds] = run.present.ordering.blocks
        assert run.out_of_time
    assert found[10] == found[17] == START.blocks
    assert found[18] == found[19] == (0, 0, 1, 2)


def test_near_edits_are_few_and_far_edits_are_all_others():
    near_blocks = {edited.ordering.blocks for edited in near(START)}
    assert near_blocks == {
        (0, 0, 1, 2), (0, 1, 1, 2), (0, 1, 2, 2), (1, 2), (0, 2), (0, 1), (1, 0, 2), (0, 2, 1)
    }  # fmt: skip
    assert [edited.ordering.blocks for edited in truncations(START)] == [(0,), (0, 1)]
    far_blocks = {edited.ordering.blocks for edited in far(START)}
    one_more = {(*START.blocks[:step], block, *START.blocks[step:]) for step in range(4) for block in range(3)}
    others = {(*START.blocks[:step], block, *START.blocks[step + 1 :]) for step in range(3) for block in range(3)}
    assert far_blocks == {(2, 1, 0)} | one_more | others
    assert {len(edited.ordering.blocks) for edited in itertools.chain(near(START, 3), far(START, 3))} == {2, 3}
    assert list(near(Ordering([[1.0]]), 1)) == []


def test_norms_stay_where_a_block_is_exchanged():
    longer = exchange(START.repeat(1), 2, 0)
    assert (longer.blocks, longer.norm_steps) == ((0, 1, 0, 2), (0, 1, 1, 2))


@pytest.mark.parametrize(("freedom", "expected"), [(10, 2.764), (30, 2.457), (1000, 2.330)])
def test_quantiles_are_those_of_tables_of_student(freedom, expected):
    assert _quantile(0.99, freedom) == pytest.approx(expected, abs=2e-3)


def test_a_gain_counts_by_its_own_spread_and_by_how_many_were_compared():
    generator = np.random.default_rng(0)
    before = generator.uniform(0, 1, 400)
    noise = generator.normal(0, 1, 400)
    after = before - 0.0225 - 0.1 * (noise - noise.mean()) / noise.std()
    # 0.0225 / (0.1 / 20) is 4.5 standard errors: among a thousand 3.9 are asked for, among a million 5.3.
    assert surely_less(after, before, 1)
    assert surely_less(after, before, 1000)
    assert not surely_less(after, before, 10**6)
    assert not surely_less(before, after, 1)
    # The spread of the scores themselves does not matter: only that of their differences.
    assert surely_less(after + before, 2 * before, 1)
    assert not surely_less(after, generator.permutation(before), 1)


def test_rounding_infinities_and_single_images_are_no_gain():
    before = np.full(50, 0.3)
    assert not surely_less(before - 1e-8, before, 1)
    assert surely_less(before - 1e-3, before, 1)
    assert not surely_less(np.full(50, np.inf), before, 1)
    assert not surely_less(np.array([0.0]), np.array([1.0]), 1)


def test_of_many_that_are_alike_one_in_twenty_searches_takes_one_at_most():
    generator, false = np.random.default_rng(0), 0
    for _ in range(200):
        before = generator.normal(size=100)
        others = before + generator.normal(size=(30, 100))
        false += any(surely_less(other, before, 30) for other in others)
    assert false / 200 <= RISK
