"""What `adapt_task` can be told beside the data: how to search, when to stop, what to minimize."""

import dataclasses
from collections.abc import Sequence

from keras_modnet.adaptation.search.edits import expect_budget
from keras_modnet.checks import expect, expect_count, expect_one_of

# Before training, over features of frozen blocks.
FIRST_SEARCHES = ("coordinate", "edits", "truncation")
SEARCHES = (*FIRST_SEARCHES, "gumbel", "mixture")


@dataclasses.dataclass(frozen=True)
class Search:
    """How `adapt_task` looks for an ordering.

    Args:
        kind: "coordinate": `search_ordering` before training, which scores features by a head in closed form; "edits":
            `search_edits` likewise, which may change the number of steps; "truncation": likewise, but it only leaves
            out last steps; "gumbel": orderings are drawn in the first half of the epochs, at a falling temperature;
            "mixture": from the ordering that "coordinate" finds, as weights of a mixture that train. None: where a head
            on frozen blocks trains "coordinate", and no search with fewer than 20 images a class; or "edits", and
            "truncation" with so few, where a sweep over all steps would try more than 100 orderings; else "gumbel".
        images: images that "coordinate", "edits", "truncation" and `init_from="best"` use.
        start: "source": near the present ordering; "uniform": all blocks equally often at first, of "coordinate" and
            "edits" a random ordering.
        temperatures: Gumbel-softmax temperature of the first and of the last epoch that draws.
        seconds: time of "edits", after which nothing more is tried; None: until no edit helps.
        cost: what multiply-adds count in "edits", as in `search_edits`.
        max_steps: steps at most that "edits" gives; None: any number.

    Raises:
        ValueError: an unknown kind or start, no images, other than two temperatures, negative seconds or cost, or no
            steps.
    """

    kind: str | None = None
    images: int = 1000
    start: str = "source"
    temperatures: tuple[float, float] = (2.0, 0.3)
    seconds: float | None = None
    cost: float = 0.0
    max_steps: int | None = None

    def __post_init__(self):
        """Checks the fields."""
        known = self.kind is None or self.kind in SEARCHES
        expect(known, "search", f"one of {SEARCHES}, None, or a Search of one", self.kind)
        expect_count("images", self.images)
        expect_one_of("start", self.start, ("source", "uniform"))
        expect(len(self.temperatures) == 2, "temperatures", "the first and the last one", self.temperatures)
        expect_budget(self.seconds, self.cost, self.max_steps)


def as_search(search):
    """Returns a `Search`, from one or from its kind."""
    return search if isinstance(search, Search) else Search(search)


@dataclasses.dataclass(frozen=True)
class Stopping:
    """When `adapt_task` stops before its last epoch, and by which images.

    Args:
        patience: epochs without a lower validation loss after which training stops; the weights of the best epoch are
            taken back. Epochs that draw orderings do not count. None: all epochs run, and the last weights stay.
        validation_split: share of the training arrays that is held out in place of `validation_data`: a random one,
            fixed by the seed.

    Raises:
        ValueError: a patience under one, or a share outside of 0 to under 1.
    """

    patience: int | None = None
    validation_split: float = 0.0

    def __post_init__(self):
        """Checks the fields."""
        if self.patience is not None:
            expect_count("patience", self.patience)
        valid = 0 <= self.validation_split < 1
        expect(valid, "validation_split", "a share from 0 to under 1", self.validation_split)


@dataclasses.dataclass(frozen=True)
class Objective:
    """What `adapt_task` minimizes and measures, as `compile` and `fit` take it.

    Args:
        loss: function of labels and logits; None: cross-entropy, `training.losses.ClassCrossentropy`.
        metrics: Keras metrics.
        class_weight: `{class: weight}`, or None.
    """

    loss: object = None
    metrics: Sequence = ("accuracy",)
    class_weight: dict | None = None
