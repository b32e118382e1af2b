"""What a recipe states, as plain data."""

import dataclasses

from keras_modnet.checks import expect, expect_count

WORDS = ("description", "licence", "limits", "intended_use")
"""What a recipe says for the card alone: it may be put otherwise without training anew."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A training configuration of a multi-task bank.

    Attributes:
        name: name of the preset that it makes.
        description: one sentence for the card.
        licence: licence of the weights, with the terms of the data in view.
        limits: one or two sentences on what not to expect of the model.
        data: `{task: name of its data set}`, names as in `training.data.DATA_SETS`.
        model: arguments of `keras_modnet.ModNet` but for the tasks; `image_shape` is what all images are brought to,
            and `resizing` says how.
        epochs: passes over the largest task.
        search_epochs: how many of the first epochs draw orderings; the rest trains with the hard ones.
        warm_epochs: how many of the search epochs train a fixed cycle, before the first draw.
        warm_confidence: probability of the cycle's block when the draws begin; None: all blocks alike.
        orderings: `{task: [block of each step]}` of orderings that are given and not searched.
        grow_after: share of the epochs that trains each block of the orderings once, in the order of first appearance;
            then the network grows to the orderings and trains on. None: it has all its steps from the start.
        batch_size: images of each task in a batch.
        learning_rate: peak of the cosine schedule.
        final_share: learning rate at the end, as a share of the peak.
        warmup_share: share of the steps in which the learning rate rises from zero.
        weight_decay: of AdamW; on kernels only, never on logits, norms and biases.
        ema_momentum: share of the old value in a moving average of the weights, which is what is evaluated and saved.
            None: no average.
        temperatures: Gumbel-softmax temperature of the first and of the last search epoch.
        augmentation: kind of `training.data.augmentation` for every task.
        statistics_batches: batches of 256 training images that re-estimate the statistics at the end.
        intended_use: one or two sentences for the card on what the model is for.
    """

    name: str
    description: str
    licence: str
    limits: str
    data: dict[str, str]
    model: dict
    epochs: int
    search_epochs: int
    warm_epochs: int = 0
    warm_confidence: float | None = 0.5
    orderings: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    grow_after: float | None = None
    batch_size: int = 128
    learning_rate: float = 2e-3
    final_share: float = 0.0
    warmup_share: float = 0.05
    weight_decay: float = 1e-2
    ema_momentum: float | None = None
    temperatures: tuple[float, float] = (2.0, 0.3)
    augmentation: str = "none"
    statistics_batches: int = 40
    intended_use: str = ""

    def __post_init__(self):
        """Checks the counts."""
        expect_count("epochs", self.epochs)
        expect_count("search_epochs", self.search_epochs, minimum=0)
        # The last epochs train what will run: drawn orderings evaluated as hard ones collapse.
        fits = self.search_epochs < self.epochs
        expect(fits, "search_epochs", f"under epochs={self.epochs}", self.search_epochs)
        expect_count("warm_epochs", self.warm_epochs, minimum=0)
        warm = self.warm_epochs < max(self.search_epochs, 1)
        expect(warm, "warm_epochs", f"under search_epochs={self.search_epochs}", self.warm_epochs)
        unknown = sorted(set(self.orderings) - set(self.data))
        expect(not unknown, "orderings", "orderings of tasks in `data`", unknown)
        complete = self.search_epochs > 0 or set(self.orderings) == set(self.data)
        expect(complete, "orderings", "one for every task where search_epochs=0", self.orderings)
        self._check_growth()
        expect_count("batch_size", self.batch_size)

    def _check_growth(self):
        if self.grow_after is None:
            return
        expect(0 < self.grow_after < 1, "grow_after", "a share of the epochs, over 0 and under 1", self.grow_after)
        expect(self.search_epochs == 0, "grow_after", "None where orderings are searched", self.grow_after)
        expect(self.epochs > 1, "epochs", "at least 2 where the network grows", self.epochs)

    @property
    def short_epochs(self):
        """Epochs before the network grows, from 1 to one less than all; 0 where it does not grow."""
        if self.grow_after is None:
            return 0
        return min(max(round(self.grow_after * self.epochs), 1), self.epochs - 1)

    @property
    def resizing(self):
        """How images of other sizes are brought to the model's, as `ModNet` takes it."""
        return self.model.get("resizing", "stretch")

    @property
    def searched_tasks(self):
        """Tasks whose ordering is learned."""
        return [task for task in self.data if task not in self.orderings]

    def shortened(self, epochs):
        """Returns the recipe with another number of epochs, search and warm start in proportion.

        Raises:
            ValueError: one epoch for a recipe that searches or grows: an ordering is found, or a short network trained,
                in one epoch and what comes of it in another.
        """
        if self.search_epochs == 0:
            return dataclasses.replace(self, epochs=epochs)
        expect_count("epochs", epochs, minimum=2)
        search, warm = (round(own * epochs / self.epochs) for own in (self.search_epochs, self.warm_epochs))
        search = max(search, 1)
        return dataclasses.replace(self, epochs=epochs, search_epochs=search, warm_epochs=min(warm, search - 1))
