"""The training of one call of `fit_domains`: batches through orderings, a search, statistics at the end."""

import keras
import numpy as np

from keras_modnet.adaptation.domains.batches import DomainBatches, Routes
from keras_modnet.adaptation.domains.turns import Turn
from keras_modnet.adaptation.search.coordinate import search_ordering
from keras_modnet.adaptation.training import compile_task, fit_task, gather_statistics
from keras_modnet.data.reading import first_images

STATISTICS_BATCHES = 40


class DomainFit:
    """A task, the domains that it learns, and what was logged.

    Args:
        model: a `ModNet` with the parts of the task configured.
        task: name of the task.
        sources: as `batches.checked_sources` returns them.
        batch_size: images in a batch.
        seed: fixes the images, their order, and the search.
        verbose: as in `fit`.

    Attributes:
        history: `{name: [value of each epoch]}`.
    """

    def __init__(self, model, task, sources, batch_size, seed, verbose):
        self.model, self.task, self.sources = model, task, sources
        self.batch_size, self.seed, self.verbose = batch_size, seed, verbose
        self.history = {}

    def compile(self, learning_rate, weight_decay, steps):
        """Compiles for AdamW, whose rate rises for a twentieth of the steps and falls by a half cosine to zero."""
        warmup = max(1, steps // 20)
        rates = keras.optimizers.schedules.CosineDecay(
            0.0, steps - warmup, warmup_target=learning_rate, warmup_steps=warmup
        )
        compile_task(self.model, self.task, rates, weight_decay)

    def fit(self, turns):
        """Trains a batch for each `Turn`."""
        # Other images than before.
        batches = DomainBatches(self.sources, turns, self.batch_size, self.seed + len(self.history.get("loss", ())))
        routes = Routes(self.model.task_layers[self.task].router, turns)
        epochs = len(turns) // len(batches)
        options = {"epochs": epochs, "shuffle": False, "callbacks": [routes], "verbose": self.verbose}
        for name, values in fit_task(self.model, self.task, batches, **options).items():
            self.history.setdefault(name, []).extend(values)

    def search(self, domain, count):
        """Returns the `Ordering` that `search_ordering` finds by `count` images of a domain."""
        source = self.sources[domain]
        # No image twice: it would be left out of the regression and in it.
        if isinstance(source, keras.utils.PyDataset):
            data = first_images(source, count)
        else:
            rows = np.random.default_rng(self.seed).permutation(len(source[1]))[:count]
            data = source[0][rows], source[1][rows]
        return search_ordering(self.model, self.task, data, max_images=count, seed=self.seed).ordering

    def settle(self, ordering):
        """Leaves the task with an ordering, and with the statistics that all domains have under it."""
        self.model.set_ordering(self.task, ordering)
        turns = [Turn(tuple(self.sources), ordering.blocks)] * STATISTICS_BATCHES
        batches = DomainBatches(self.sources, turns, self.batch_size, self.seed)
        gather_statistics(self.model, self.task, ("norm", "head"), batches, STATISTICS_BATCHES)
