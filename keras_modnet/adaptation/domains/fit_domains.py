"""Trains one task on several labelled domains, each with an ordering of its own on the same bank."""

import dataclasses
import time

import numpy as np

from keras_modnet.adaptation.domains.batches import EPOCH, checked_sources
from keras_modnet.adaptation.domains.training_run import DomainFit
from keras_modnet.adaptation.domains.turns import Turn, turns_through_routes, turns_through_steps
from keras_modnet.adaptation.training import all_or_nothing, configure
from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.models.ordering import Ordering, as_ordering
from keras_modnet.training.callbacks import cycle_weights
from keras_modnet.training.copying import copies_of_steps, copy_blocks

POOLED = "pooled"
PARTS = ("norm", "head", "bank", "stem")
WAYS = ("searched", "separate", "shared")


@dataclasses.dataclass(frozen=True)
class DomainTraining:
    """What `fit_domains` did.

    Attributes:
        task: name of the task.
        orderings: `{domain: Ordering}`, hard; all the same where they are shared.
        pooled: the `Ordering` that the task is left with: that of the first half, or with separate blocks the mixture
            of all domains' orderings in equal parts.
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
    travel=None,
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

    With separate blocks the first half trains one block for each step, in a row. Then every domain gets copies of these
    blocks, which learn on by its batches, and now and then by a step of another domain's. The bank then spans how
    blocks differ from domain to domain, which is what `adapt_domain` has to choose from or, with `search="mixture"`, to
    mix. It needs as many blocks as domains times steps (`take_blocks` copies those of a smaller bank).

    Args:
        model: a `ModNet`.
        task: name of the task that the domains share.
        sources: `{domain: data}`: images `(n, H, W, C)`, resized to what the model takes, and integer labels `(n,)`; a
            `PyDataset` of batches; or another iterable of them, which is read into memory.
        orderings: "searched": each domain's by `search_ordering` after the first half; "separate": blocks of its own
            for each; "shared": one for all, and all batches mix all domains, the pooled baseline; or
            `{domain: Ordering or list of block indices}`.
        travel: share of a domain's batches that run through another ordering than its own, from 0 to 1, with
            "separate" of its steps that run another domain's block; None: 0.5, with "separate" 0.2.
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
        ValueError: an unknown task, no domains, data that the task cannot take, too few blocks, or an argument outside
            its range; before any step.
    """
    expect_one_of("task", task, model.task_names)
    counts = {"batches": batches, "batch_size": batch_size, "search_images": search_images}
    sources = _checked(model, task, sources, counts)
    travel = (0.2 if orderings == "separate" else 0.5) if travel is None else travel
    expect(0 <= travel <= 1, "travel", "a share from 0 to 1", travel)
    pooled, given = _orderings(model, task, sources, orderings)
    half = -(-max(batches // 2, 1) // EPOCH) * EPOCH if batches > EPOCH else max(batches // 2, 1)
    started = time.perf_counter()
    with all_or_nothing(model, task):
        model.set_ordering(task, pooled)
        configure(model, task, PARTS, verbose=False)
        run = DomainFit(model, task, sources, batch_size, seed, verbose)
        run.compile(learning_rate, weight_decay, 2 * half)
        turns = [Turn(tuple(sources), pooled.blocks)] * half
        run.fit(turns)
        if orderings == "searched":
            given = {name: run.search(name, search_images) for name in sources}
        blocks = {name: ordering.blocks for name, ordering in given.items()}
        if orderings == "separate":
            copy_blocks(model, {to: step for own in blocks.values() for step, to in enumerate(own)})
            turns = turns_through_steps(blocks, half, travel, seed)
            pooled = Ordering(np.mean([own.weights for own in given.values()], axis=0), mixed=True)
        elif orderings != "shared":
            turns = turns_through_routes(blocks, pooled.blocks, half, travel, seed)
        run.fit(turns)
        run.settle(pooled)
    found = given or dict.fromkeys(sources, pooled)
    return DomainTraining(task, found, pooled, run.history, time.perf_counter() - started)


def _checked(model, task, sources, counts):
    for name, count in counts.items():
        expect_count(name, count)
    sources, batch_size = checked_sources(model, task, sources), counts["batch_size"]
    each = f"at least one image of each of {len(sources)} domains"
    expect(batch_size >= len(sources), "batch_size", each, batch_size)
    expect(POOLED not in sources, "sources", f"domains of other names than {POOLED!r}", tuple(sources))
    return sources


def _orderings(model, task, sources, orderings):
    """Returns the ordering of the first half, and `{domain: Ordering}` as far as they are known before it."""
    before, num_blocks = model.ordering(task), model.bank.num_blocks
    pooled = before if before.is_hard else Ordering(cycle_weights(before.num_steps, num_blocks))
    if isinstance(orderings, str):
        expect_one_of("orderings", orderings, WAYS)
        if orderings != "separate":
            return pooled, {}
        mixes_weights = model.bank.mixing == "weights"
        expect(mixes_weights, "orderings", 'other than "separate" on a bank that mixes outputs', orderings)
        copies = copies_of_steps(before.num_steps, tuple(sources), num_blocks)
        given = {name: Ordering.from_blocks(blocks, num_blocks) for name, blocks in copies.items()}
        return next(iter(given.values())), given
    known = isinstance(orderings, dict) and set(orderings) == set(sources)
    ways = ", ".join(f'"{way}"' for way in WAYS)
    expect(known, "orderings", f"{ways} or a dict with the domains {sorted(sources)}", orderings)
    return pooled, {name: as_ordering(own, num_blocks) for name, own in orderings.items()}
