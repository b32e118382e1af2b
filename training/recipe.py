"""What a recipe states, as plain data."""

import dataclasses

from keras_modnet.checks import expect, expect_count


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A training configuration of a multi-task bank.

    Attributes:
        name: name of the preset that it makes.
        description: one sentence for the card.
        licence: licence of the weights, with the terms of the data in view.
        limits: one or two sentences on what not to expect of the model.
        data: `{task: name of its data set}`, names as in `training.data.DATA_SETS`.
        model: arguments of `keras_modnet.ModNet` but for the tasks; `image_shape` is what all images are brought to.
        epochs: passes over the largest task.
        search_epochs: how many of the first epochs draw orderings; the rest trains with the hard ones.
        batch_size: images of each task in a batch.
        learning_rate: peak of the cosine schedule.
        warmup_share: share of the steps in which the learning rate rises from zero.
        weight_decay: of AdamW; on kernels only, never on logits, norms and biases.
        temperatures: Gumbel-softmax temperature of the first and of the last search epoch.
        augmentation: kind of `training.data.augmentation` for every task.
        statistics_batches: batches of 256 training images that re-estimate the statistics at the end.
    """

    name: str
    description: str
    licence: str
    limits: str
    data: dict[str, str]
    model: dict
    epochs: int
    search_epochs: int
    batch_size: int = 128
    learning_rate: float = 2e-3
    warmup_share: float = 0.05
    weight_decay: float = 1e-2
    temperatures: tuple[float, float] = (2.0, 0.3)
    augmentation: str = "none"
    statistics_batches: int = 40

    def __post_init__(self):
        """Checks the counts."""
        expect_count("epochs", self.epochs)
        expect_count("search_epochs", self.search_epochs, minimum=0)
        # The last epochs train what will run: drawn orderings evaluated as hard ones collapse.
        fits = self.search_epochs < self.epochs
        expect(fits, "search_epochs", f"under epochs={self.epochs}", self.search_epochs)
        expect_count("batch_size", self.batch_size)

    def shortened(self, epochs):
        """Returns the recipe with another number of epochs, the search in proportion."""
        search = round(self.search_epochs * epochs / self.epochs)
        return dataclasses.replace(self, epochs=epochs, search_epochs=search)
