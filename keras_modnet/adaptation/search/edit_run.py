"""One search by edits: candidates in groups, the worst of a group dropped early, the best taken where it is sure."""

import dataclasses
import time

import numpy as np

from keras_modnet.adaptation.search.certainty import surely_less
from keras_modnet.adaptation.search.neighbours import Edited, far, near, truncations
from keras_modnet.adaptation.search.result import TriedEdit

# Share of a group that goes on to the next subset of the images.
KEEP = 0.5
# Far edits are compared so many at a time, so that a short search has compared some on all images.
GROUP = 32


@dataclasses.dataclass
class Trial:
    """An edit that is being scored.

    Attributes:
        edited: the `Edited`.
        price: what its multiply-adds add to its score.
        pooled: its features on the images so far.
        errors: errors of these images.
        taken: whether the search went on from it.
    """

    edited: Edited
    price: float
    pooled: np.ndarray | None = None
    errors: np.ndarray | None = None
    taken: bool = False

    @property
    def ordering(self):
        """The `Ordering`."""
        return self.edited.ordering

    @property
    def scores(self):
        """Score of each image."""
        return self.errors + self.price

    @property
    def score(self):
        """Mean score."""
        return float(np.mean(self.scores))

    def row(self):
        """Returns the `TriedEdit`."""
        error, count = float(np.mean(self.errors)), len(self.errors)
        return TriedEdit(self.edited.edit, self.ordering.blocks, count, error, self.taken)


class EditRun:
    """Goes from an ordering to better ones for as long as an edit surely helps and there is time.

    Args:
        scores: `SubsetScores`.
        start: the `Ordering` at the start.
        price: function from an ordering to what its multiply-adds add to its score.
        key: function from an ordering to what tells it from others that run alike.
        seconds: time from now after which nothing more is scored; None: any.

    Attributes:
        present: the `Trial` of the present ordering.
        trials: all that were tried, the start first.
        out_of_time: whether the time was over before the search was.
    """

    def __init__(self, scores, start, price, key, seconds=None):
        self._scores, self._price, self._key = scores, price, key
        self._end = None if seconds is None else time.perf_counter() + seconds
        self.trials, self._seen, self._compared, self.out_of_time = [], {key(start)}, 0, False
        self.present = Trial(Edited("start", start), price(start), taken=True)
        for subset in range(len(scores.sizes)):
            self._extend(self.present, subset)
        self.trials.append(self.present)

    def search(self, generator, max_steps=None):
        """Tries how many steps are enough, then near edits, then far ones, and again from each ordering that is taken.

        Args:
            generator: NumPy's, for the order of the far edits.
            max_steps: steps that an ordering may have at most; None: any number.
        """
        self.shorten()
        while any(self._take_best_of(group) for group in self._groups(generator, max_steps)):
            self.shorten()

    def _groups(self, generator, max_steps):
        ordering, self._compared = self.present.ordering, 0
        yield self._fresh(near(ordering, max_steps))
        others = self._fresh(far(ordering, max_steps))
        rows = generator.permutation(len(others))
        for first in range(0, len(rows), GROUP):
            yield [others[row] for row in rows[first : first + GROUP]]

    def _fresh(self, edits):
        """Returns those edits that give orderings which were not tried yet, each once."""
        fresh = {self._key(edited.ordering): edited for edited in reversed(list(edits))}
        return [edited for key, edited in reversed(fresh.items()) if key not in self._seen]

    def shorten(self):
        """Takes the truncation with the lowest score, if it is lower than the present one's.

        It asks for no certainty: how many steps are enough has few answers, which are alike, and fewer steps cost less.
        No block runs for them, since they are the way to the present ordering: all are scored on all images.
        """
        self._take_one_of(self._begun(self._fresh(truncations(self.present.ordering)), keep=1.0), certain=False)

    def _take_best_of(self, group):
        """Compares a group of edits; returns whether one was taken."""
        return self._take_one_of(self._begun(group, KEEP), certain=True)

    def _begun(self, group, keep):
        """Scores a group of edits; returns those that were scored on all images."""
        begun = [Trial(edited, self._price(edited.ordering)) for edited in group]
        last = self._compare(begun, keep)
        begun = [trial for trial in begun if trial.errors is not None]
        self.trials += begun
        for trial in begun:
            trial.pooled = None
        return last

    def _take_one_of(self, trials, certain):
        before, compared = self.present.scores, self._compared
        if certain:
            better = [trial for trial in trials if surely_less(trial.scores, before, compared)]
        else:
            better = [trial for trial in trials if trial.score < self.present.score]
        if better:
            self.present = min(better, key=lambda trial: trial.score)
            self.present.taken = True
            self._scores.take(self.present.ordering)
        return bool(better)

    def _compare(self, trials, keep):
        """Scores edits on one subset after the other; returns those that were scored on all images."""
        for subset, size in enumerate(self._scores.sizes):
            for trial in trials:
                if self._time_is_over():
                    break
                if subset == 0:
                    self._compared += 1
                    self._seen.add(self._key(trial.ordering))
                self._extend(trial, subset)
            # Few are left where time was over: those alone have been compared on the same images.
            trials = sorted(
                (t for t in trials if t.errors is not None and len(t.errors) == size), key=lambda t: t.score
            )
            if size < self._scores.sizes[-1]:
                trials = trials[: max(1, round(keep * len(trials)))]
        return trials

    def _extend(self, trial, subset):
        trial.pooled = self._scores.pooled(trial.ordering, subset, trial.pooled)
        trial.errors = self._scores.errors(trial.pooled)

    def _time_is_over(self):
        self.out_of_time = self._end is not None and time.perf_counter() >= self._end
        return self.out_of_time
