"""What `adapt_task` can be told beside the data: how to search, when to stop, what to minimize."""

import dataclasses
from collections.abc import Sequence

from keras_modnet.checks import expect, expect_count, expect_one_of

SEARCHES = ("coordinate", "gumbel", "mixture")


@dataclasses.dataclass(frozen=True)
class Search:
    """How `adapt_task` looks for an ordering.

    Args:
        kind: "coordinate": `search_ordering` before training, which scores features by a head in closed form; "gumbel":
            orderings are drawn in the first half of the epochs, at a falling temperature; "mixture": from the ordering
            that "coordinate" finds, as weights of a mixture that train; None: "coordinate" where a head on frozen
            blocks trains, and no search with fewer than 20 images a class there; else "gumbel".
        images: images that "coordinate" and `init_from="best"` use.
        start: "source": near the present ordering; "uniform": all blocks equally often at first, of "coordinate" a
            random ordering.
        temperatures: Gumbel-softmax temperature of the first and of the last epoch that draws.

    Raises:
        ValueError: an unknown kind or start, no images, or other than two temperatures.
    """

    kind: str | None = None
    images: int = 1000
    start: str = "source"
    temperatures: tuple[float, float] = (2.0, 0.3)

    def __post_init__(self):
        """Checks the fields."""
        known = self.kind is None or self.kind in SEARCHES
        expect(known, "search", f"one of {SEARCHES}, None, or a Search of one", self.kind)
        expect_count("images", self.images)
        expect_one_of("start", self.start, ("source", "uniform"))
        expect(len(self.temperatures) == 2, "temperatures", "the first and the last one", self.temperatures)


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
