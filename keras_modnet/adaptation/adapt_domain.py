"""A new domain without labels: change the order of the blocks, and nothing else unless asked to."""

import time

import numpy as np

from keras_modnet.adaptation import phases
from keras_modnet.adaptation.domain_result import DomainResult
from keras_modnet.adaptation.domain_scores import DomainScores
from keras_modnet.adaptation.domain_training import Settings, train_unlabelled
from keras_modnet.adaptation.fit_domains import DomainTraining, fit_domains
from keras_modnet.adaptation.objectives import objective_function
from keras_modnet.adaptation.search import descend
from keras_modnet.adaptation.unlabelled import read_unlabelled
from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.layers.gradients import no_gradients
from keras_modnet.layers.values import value_of
from keras_modnet.models import trainability
from keras_modnet.models.ordering import Ordering, as_ordering
from keras_modnet.training.statistics import refresh_statistics

PARTS = ("ordering", "norm", "head", "bank", "stem")
PRESENT = "present"
MAX_SWEEPS = 10


def adapt_domain(
    model,
    sources,
    target,
    task=None,
    parts=("ordering",),
    objective="information_maximization",
    statistics="target",
    search="coordinate",
    temperatures=(2.0, 0.5),
    epochs=10,
    learning_rate=1e-3,
    weight_decay=0.0,
    batch_size=64,
    max_images=1000,
    seed=0,
    verbose="auto",
):
    """Adapts a task to a domain of which there are images and no labels; what is adapted is written down.

    It starts from that source's ordering whose predictions on the target's images the objective likes best. With
    "ordering" among the parts it then looks for a better one. Parts beside it train by gradients of the objective, and
    the epoch is kept whose hard ordering has the lowest one, which may be the start. Labels of the target are dropped
    at the door (`unlabelled.read_unlabelled`), so no choice sees any. What is no part stays bit for bit, but for the
    statistics if "target", and the ordering that was started from. What trains is as before afterwards.

    Args:
        model: a `ModNet`.
        sources: what `fit_domains` returned; `{source: Ordering or list of block indices}`; labelled data as
            `fit_domains` takes it, which then runs first, with its defaults; or None: the task's present ordering.
        target: images `(n, H, W, C)`, batches of them, or a stream that can be read only once. What comes beside the
            images is dropped.
        task: name of the task; default that of what `fit_domains` returned, else the selected one.
        parts: any of "ordering", "norm", "head", "bank", "stem"; none of them adapts statistics alone.
        objective: "information_maximization", "entropy", or a function from logits to a scalar.
        statistics: "target": batch norms take the statistics of the target's images; "keep": those that they have.
        search: "coordinate": single steps are changed for as long as the objective falls, by forward passes alone;
            "gumbel": orderings are drawn at a falling temperature and logits train by gradients.
        temperatures: Gumbel-softmax temperatures to start from, each in a run of its own; the objective chooses.
        epochs: passes over the images where something trains by gradients.
        learning_rate: of AdamW in the first epoch; falls by a half cosine. Logits learn `logits_multiplier` times as
            fast.
        weight_decay: of AdamW, on kernels only.
        batch_size: images in a batch.
        max_images: images of the target that are read and kept in memory.
        seed: fixes the order of the images and of the coordinate search.
        verbose: as in `fit`; 0 prints nothing at all.

    Returns:
        `DomainResult`.

    Raises:
        ValueError: an unknown task, part, objective, statistics or search, sources with another number of steps, or
            images that the model does not take; before anything changes.
    """
    if task is None:
        task = sources.task if isinstance(sources, DomainTraining) else model.selected_task
    expect_one_of("task", task, model.task_names)
    parts = _checked_parts(parts)
    expect_one_of("statistics", statistics, ("target", "keep"))
    expect_one_of("search", search, ("coordinate", "gumbel"))
    keeps = statistics == "target" or not set(parts) - {"ordering"}
    expect(keeps, "statistics", '"target" where other parts than "ordering" are adapted', statistics)
    expect_count("epochs", epochs)
    expect(len(temperatures) > 0, "temperatures", "at least one", temperatures)
    objective = objective_function(objective)
    images = read_unlabelled(target, max_images, model.image_shape)
    started, before = time.perf_counter(), model.ordering(task)
    candidates = _candidates(model, task, sources, seed, verbose)
    settings = Settings(parts, objective, epochs, learning_rate, weight_decay, batch_size, seed, verbose)
    run = _Run(model, task, images, settings, statistics == "target")
    found = run.adapt(candidates, search, temperatures)
    return DomainResult(
        task=task,
        parts=parts,
        ordering_before=before,
        ordering_after=model.ordering(task),
        trained_parameters=found["trainable"].trainable,
        seconds=time.perf_counter() - started,
        **found,
    )


def _checked_parts(parts):
    valid = not isinstance(parts, str) and set(parts) <= set(PARTS)
    expect(valid, "parts", f"a sequence with some of {PARTS}", parts)
    return tuple(parts)


def _candidates(model, task, sources, seed, verbose):
    """Returns `{source: tuple of blocks}`."""
    if sources is None:
        present = model.ordering(task)
        return {PRESENT: tuple(int(block) for block in present.weights.argmax(axis=-1))}
    if not isinstance(sources, DomainTraining):
        expect(isinstance(sources, dict) and sources, "sources", "a dict with at least one source", sources)
        if not all(_is_ordering(own) for own in sources.values()):
            sources = fit_domains(model, task, sources, seed=seed, verbose=verbose)
    if isinstance(sources, DomainTraining):
        sources = {"pooled": sources.pooled} | sources.orderings
    num_steps, blocks = model.ordering(task).num_steps, {}
    for name, own in sources.items():
        ordering = as_ordering(own, model.bank.num_blocks)
        fits = ordering.is_hard and ordering.num_steps == num_steps
        expect(fits, f"sources[{name!r}]", f"a hard ordering of {num_steps} steps, as the task has", own)
        blocks[name] = ordering.blocks
    return blocks


def _is_ordering(own):
    return isinstance(own, Ordering) or (isinstance(own, list | tuple) and all(np.ndim(step) == 0 for step in own))


class _Run:
    """The work of one call."""

    def __init__(self, model, task, images, settings, measured):
        self.model, self.task, self.images, self.settings = model, task, images, settings
        self.measured = measured
        self.scores = self._scores(measured)

    def _scores(self, measured):
        return DomainScores(self.model, self.task, self.images, self.settings.objective, measured)

    def adapt(self, candidates, search, temperatures):
        """Returns the fields of `DomainResult` that are found on the way."""
        model, task = self.model, self.task
        former = trainability.part_states(model)
        values = {name: value_of(variable) for name, variable in model.named_variables().items()}
        source = self._scores(False).of(_blocks(model, task))
        starts = {name: self.scores.of(blocks) for name, blocks in candidates.items()}
        start = min(starts, key=starts.get)
        control = self._scores(True).of(candidates[start])
        table = phases.configure(model, task, self.settings.parts or ("statistics",), self.settings.verbose != 0)
        try:
            with model.use_task(task):
                model.set_ordering(task, list(candidates[start]))
                history, temperature = self._search(search, temperatures)
                if self.measured:
                    size = self.settings.batch_size
                    batches = (self.images[at : at + size] for at in range(0, len(self.images), size))
                    refresh_statistics(model, task, batches)
        except BaseException:
            for name, variable in model.named_variables().items():
                variable.assign(values[name])
            raise
        finally:
            trainability.apply_part_states(model, former)
            model.forget_functions()
        return {
            "history": history,
            "start": start,
            "starts": starts,
            "temperature": temperature,
            "objective_source": source,
            "objective_statistics": control,
            "objective_after": self.scores.of(_blocks(model, task)),
            "orderings_tried": self.scores.count,
            "trainable": table,
        }

    def _search(self, search, temperatures):
        """Adapts the parts; returns the history of training and the temperature that was chosen, if any."""
        parts, history, chosen = set(self.settings.parts), {}, None
        if "ordering" in parts and search == "coordinate":
            self._descend()
            parts -= {"ordering"}
        if "ordering" in parts:
            return self._draw(temperatures)
        if parts:
            history = self._train(parts, None)[1]
        return history, chosen

    def _descend(self):
        blocks = _blocks(self.model, self.task)
        with no_gradients():
            features = self.scores.features(blocks)
            first = self.scores.of(blocks)
            generator = np.random.default_rng(self.settings.seed)
            descend(features, self.scores.around(features), first, MAX_SWEEPS, generator)
        self.model.set_ordering(self.task, features.blocks)

    def _train(self, parts, temperature):
        kept = tuple(part for part in PARTS if part in parts)
        settings = Settings(**vars(self.settings) | {"parts": kept})
        return train_unlabelled(self.model, self.task, self.images, self.scores, settings, temperature)

    def _draw(self, temperatures):
        """Trains once for each temperature from the same start, and takes over the run with the lowest score."""
        variables = self.model.named_variables()
        first = {name: value_of(variable) for name, variable in variables.items()}
        runs = []
        for temperature in temperatures:
            for name, variable in variables.items():
                variable.assign(first[name])
            score, history = self._train(self.settings.parts, temperature)
            values = {name: value_of(variable) for name, variable in variables.items()}
            runs.append((score, history, temperature, values))
        _, history, chosen, values = min(runs, key=lambda run: run[0])
        for name, variable in variables.items():
            variable.assign(values[name])
        return history, chosen


def _blocks(model, task):
    return tuple(int(block) for block in model.ordering(task).weights.argmax(axis=-1))
