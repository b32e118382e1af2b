"""The work of one call of `adapt_domain`."""

import numpy as np

from keras_modnet.adaptation.domains.scores import DomainScores
from keras_modnet.adaptation.domains.unlabelled_training import Settings, train_unlabelled
from keras_modnet.adaptation.search.coordinate import descend
from keras_modnet.adaptation.training import configure
from keras_modnet.layers.gradients import no_gradients
from keras_modnet.layers.values import value_of
from keras_modnet.training.statistics import refresh_statistics

PARTS = ("ordering", "norm", "head", "bank", "stem")
MAX_SWEEPS = 10


class DomainRun:
    """A task, images without labels, and how its parts follow them.

    Args:
        model: a `ModNet`.
        task: name of the task.
        images: `(n, H, W, C)`.
        settings: `unlabelled_training.Settings`.
        measured: whether batch norms take the statistics of the images.
    """

    def __init__(self, model, task, images, settings, measured):
        self.model, self.task, self.images, self.settings = model, task, images, settings
        self.measured = measured
        self.scores = self._scores(measured)

    def _scores(self, measured):
        return DomainScores(self.model, self.task, self.images, self.settings.objective, measured)

    def adapt(self, candidates, search, temperatures):
        """Adapts the task; what trains then is left as it was configured.

        Args:
            candidates: `{source: Ordering}` to start from; the objective chooses.
            search: "coordinate", "gumbel" or "mixture".
            temperatures: of "gumbel".

        Returns:
            The fields of `DomainResult` that are found on the way.
        """
        model, task, settings = self.model, self.task, self.settings
        source = self._scores(False).score(model.ordering(task).as_run())
        starts = {name: self.scores.score(ordering) for name, ordering in candidates.items()}
        start = min(starts, key=starts.get)
        control = self._scores(True).score(candidates[start])
        table = configure(model, task, settings.parts or ("statistics",), settings.verbose != 0)
        model.set_ordering(task, candidates[start])
        history, temperature = self._search(search, temperatures)
        if self.measured:
            self._take_statistics()
        return {
            "history": history,
            "start": start,
            "starts": starts,
            "temperature": temperature,
            "objective_source": source,
            "objective_statistics": control,
            "objective_after": self.scores.score(model.ordering(task)),
            "orderings_tried": self.scores.count,
            "trainable": table,
        }

    def _take_statistics(self):
        size = self.settings.batch_size
        refresh_statistics(
            self.model, self.task, (self.images[at : at + size] for at in range(0, len(self.images), size))
        )

    def _search(self, search, temperatures):
        """Adapts the parts; returns the history of training and the temperature that was chosen, if any."""
        parts, history, chosen = set(self.settings.parts), {}, None
        if search == "mixture" and "ordering" in parts:
            return self._train(self._moving_parts(), None)[1], chosen
        if "ordering" in parts and search == "coordinate":
            self._descend()
            parts -= {"ordering"}
        if "ordering" in parts:
            return self._draw(temperatures)
        if parts:
            history = self._train(parts, None)[1]
        return history, chosen

    def _descend(self):
        ordering = self.model.ordering(self.task)
        with no_gradients():
            features = self.scores.features(ordering)
            first = self.scores.score(ordering)
            generator = np.random.default_rng(self.settings.seed)
            descend(features, self.scores.around(features), first, MAX_SWEEPS, generator)
        self.model.set_ordering(self.task, features.blocks)

    def _moving_parts(self):
        """Returns what trains where the ordering moves with it: statistics too, if they are to be the images' own."""
        if not self.measured:
            return self.settings.parts
        # A head's norm follows nothing while the head is frozen: it has to know the images from the start.
        self._take_statistics()
        return (*self.settings.parts, "statistics")

    def _train(self, parts, temperature):
        kept = tuple(part for part in (*PARTS, "statistics") if part in parts)
        settings = Settings(**vars(self.settings) | {"parts": kept})
        return train_unlabelled(self.model, self.task, self.images, self.scores, settings, temperature)

    def _draw(self, temperatures):
        """Trains once for each temperature from the same start, and takes over the run with the lowest score."""
        parts, variables = self._moving_parts(), self.model.named_variables()
        first = {name: value_of(variable) for name, variable in variables.items()}
        runs = []
        for temperature in temperatures:
            for name, variable in variables.items():
                variable.assign(first[name])
            score, history = self._train(parts, temperature)
            values = {name: value_of(variable) for name, variable in variables.items()}
            runs.append((score, history, temperature, values))
        _, history, chosen, values = min(runs, key=lambda run: run[0])
        for name, variable in variables.items():
            variable.assign(values[name])
        return history, chosen
