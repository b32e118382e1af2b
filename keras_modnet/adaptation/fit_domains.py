"""Trains one task on several labelled domains, each with an ordering of its own over the same blocks."""

import dataclasses
import time

import keras
import numpy as np

from keras_modnet.adaptation import phases
from keras_modnet.adaptation.domain_batches import EPOCH, DomainBatches, Routes, Turn, checked_sources
from keras_modnet.adaptation.search import search_ordering
from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.models import trainability
from keras_modnet.models.ordering import Ordering, as_ordering
from keras_modnet.training.callbacks import cycle_weights

POOLED = "pooled"
PARTS = ("norm", "head", "bank", "stem")
STATISTICS_BATCHES = 40


@dataclasses.dataclass(frozen=True)
class DomainTraining:
    """What `fit_domains` did.

    Attributes:
        task: name of the task.
        orderings: `{domain: Ordering}`, hard; all the same where they are shared.
        pooled: the `Ordering` of the first half, which the task is left with.
        history: `{name: [value of each 50 batches]}`, as Keras logs it.
        seconds: wall-clock time.
    """

    task: str
    orderings: dict[str, Ordering]
    pooled: Ordering
    history: dict[str, list[float]]
    seconds: float


def fit_domains(
    model,
    task,
    sources,
    orderings="searched",
    travel=0.5,
    batches=1000,
    batch_size=64,
    learning_rate=3e-3,
    weight_decay=1e-2,
    search_images=500,
    seed=0,
    verbose="auto",
):
    """Trains a task on labelled domains: stem, bank, norms and head for all, an ordering for each.

    The first half of the batches mixes all domains in one ordering, the task's own if that is hard, else blocks in a
    cycle. Then every domain is given an ordering, and in the second half batches of one domain at a time run through
    them: a domain's own or, so that no route knows one domain only, another's. Routes that have only seen their own
    domain generalise worse than one network for all. The task is left with the ordering of the first half, with
    statistics of all domains; `adapt_domain` takes the result from there. What trains is as before afterwards.

    Args:
        model: a `ModNet`.
        task: name of the task that the domains share.
        sources: `{domain: data}`: images `(n, H, W, C)` and integer labels `(n,)`; a `PyDataset` of such batches; or
            another iterable of them, which is read into memory.
        orderings: "searched": each domain's by `search_ordering` after the first half; "shared": one for all, and all
            batches mix all domains, the pooled baseline; or `{domain: Ordering or list of block indices}`.
        travel: share of a domain's batches that run through another ordering than its own, from 0 to 1.
        batches: steps of training; a number above 50 is rounded up to a multiple of 100.
        batch_size: images in a batch.
        learning_rate: of AdamW; rises for a twentieth of the batches, then falls by a half cosine to zero.
        weight_decay: of AdamW, on kernels only.
        search_images: images of a domain that the search uses.
        seed: fixes the images, their order, and the search.
        verbose: as in `fit`.

    Returns:
        `DomainTraining`.

    Raises:
        ValueError: an unknown task, no domains, data that the task cannot take, or an argument outside its range.
    """
    expect_one_of("task", task, model.task_names)
    for name, count in {"batches": batches, "batch_size": batch_size, "search_images": search_images}.items():
        expect_count(name, count)
    expect(0 <= travel <= 1, "travel", "a share from 0 to 1", travel)
    sources = checked_sources(model, task, sources)
    expect(
        batch_size >= len(sources), "batch_size", f"at least one image of each of {len(sources)} domains", batch_size
    )
    expect(POOLED not in sources, "sources", f"domains of other names than {POOLED!r}", tuple(sources))
    given = _given_orderings(model, sources, orderings)
    started = time.perf_counter()
    half = -(-max(batches // 2, 1) // EPOCH) * EPOCH if batches > EPOCH else max(batches // 2, 1)
    before = model.ordering(task)
    pooled = before if before.is_hard else Ordering(cycle_weights(before.num_steps, model.bank.num_blocks))
    model.set_ordering(task, pooled)
    former = trainability.part_states(model)
    phases.configure(model, task, PARTS, verbose=False)
    run = _Run(model, task, sources, batch_size, seed, verbose)
    try:
        with model.use_task(task):
            run.compile(learning_rate, weight_decay, 2 * half)
            turns = [Turn(tuple(sources), POOLED)] * half
            run.fit(turns, {POOLED: pooled})
            if orderings == "searched":
                given = {name: run.search(name, search_images) for name in sources}
            if orderings != "shared":
                turns = make_turns(tuple(sources), half, travel, seed)
            run.fit(turns, given | {POOLED: pooled})
            model.set_ordering(task, pooled)
            run.settle()
    except BaseException:
        model.set_ordering(task, before)
        raise
    finally:
        trainability.apply_part_states(model, former)
        model.forget_functions()
    found = given or dict.fromkeys(sources, pooled)
    return DomainTraining(task, found, pooled, run.history, time.perf_counter() - started)


def make_turns(domains, count, travel, seed):
    """Returns `count` turns of single domains, one after the other, each through its own ordering or another.

    Args:
        domains: names of the domains.
        count: turns.
        travel: share that runs through the ordering of another domain or the pooled one.
        seed: fixes which.
    """
    generator = np.random.default_rng(seed)
    turns = []
    for number in range(count):
        domain = domains[number % len(domains)]
        others = [POOLED, *(name for name in domains if name != domain)]
        away = generator.random() < travel
        turns.append(Turn((domain,), others[generator.integers(len(others))] if away else domain))
    return turns


def _given_orderings(model, sources, orderings):
    if isinstance(orderings, str):
        expect_one_of("orderings", orderings, ("searched", "shared"))
        return {}
    known = isinstance(orderings, dict) and set(orderings) == set(sources)
    expect(known, "orderings", f'"searched", "shared" or a dict with the domains {sorted(sources)}', orderings)
    return {name: as_ordering(own, model.bank.num_blocks) for name, own in orderings.items()}


class _Run:
    """The training of one call: the model, its data, and what was logged."""

    def __init__(self, model, task, sources, batch_size, seed, verbose):
        self.model, self.task, self.sources = model, task, sources
        self.batch_size, self.seed, self.verbose = batch_size, seed, verbose
        self.history = {}

    def compile(self, learning_rate, weight_decay, steps):
        warmup = max(1, steps // 20)
        rates = keras.optimizers.schedules.CosineDecay(
            0.0, steps - warmup, warmup_target=learning_rate, warmup_steps=warmup
        )
        phases.compile_for(self.model, rates, weight_decay)

    def fit(self, turns, orderings):
        # Other images than in the first half.
        batches = DomainBatches(self.sources, turns, self.batch_size, self.seed + len(self.history.get("loss", ())))
        routes = Routes(self.model.task_layers[self.task].router, turns, orderings)
        epochs = len(turns) // len(batches)
        fitted = self.model.fit(batches, epochs=epochs, shuffle=False, callbacks=[routes], verbose=self.verbose)
        for name, values in fitted.history.items():
            self.history.setdefault(name, []).extend(float(value) for value in values)

    def search(self, domain, count):
        source = self.sources[domain]
        # No image twice: it would be left out of the regression and in it.
        if isinstance(source, keras.utils.PyDataset):
            data = phases.first_images(source, count)
        else:
            rows = np.random.default_rng(self.seed).permutation(len(source[1]))[:count]
            data = source[0][rows], source[1][rows]
        return search_ordering(self.model, self.task, data, max_images=count, seed=self.seed).ordering

    def settle(self):
        turns = [Turn(tuple(self.sources), POOLED)] * STATISTICS_BATCHES
        batches = DomainBatches(self.sources, turns, self.batch_size, self.seed)
        phases.settle_statistics(self.model, self.task, ("norm", "head"), batches, STATISTICS_BATCHES)
