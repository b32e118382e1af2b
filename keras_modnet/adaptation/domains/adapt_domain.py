"""A new domain without labels: change the order of the blocks, and nothing else unless asked to."""

import time

import numpy as np

from keras_modnet.adaptation.domains.adapting_run import PARTS, DomainRun
from keras_modnet.adaptation.domains.fit_domains import POOLED, DomainTraining, fit_domains
from keras_modnet.adaptation.domains.objectives import objective_function
from keras_modnet.adaptation.domains.result import DomainResult
from keras_modnet.adaptation.domains.unlabelled import read_unlabelled
from keras_modnet.adaptation.domains.unlabelled_training import Settings
from keras_modnet.adaptation.training import all_or_nothing
from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.models.ordering import Ordering, as_ordering

PRESENT, MEAN = "present", "mean"
SEARCHES = ("coordinate", "gumbel", "mixture")


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
    statistics if "target", and the ordering that was started from. What trains is as before afterwards. A call that
    raises, or is interrupted, leaves the model as it was.

    With `search="mixture"` the ordering is no longer one block a step: it starts as the mean of the sources' orderings,
    and its weights, of any sign, train by gradients. The task then runs kernels mixed from those of the frozen bank,
    and keeps `num_steps * num_blocks` numbers. Sources that `fit_domains(orderings="separate")` trained suit it best.

    Args:
        model: a `ModNet`.
        sources: what `fit_domains` returned; `{source: Ordering or list of block indices}`; labelled data as
            `fit_domains` takes it, which then runs first, with its defaults; or None: the task's present ordering.
        target: images `(n, H, W, C)`, resized to what the model takes; batches of them, or a stream that can be read
            only once. What comes beside the images is dropped.
        task: name of the task; default that of what `fit_domains` returned, else the model's default task.
        parts: any of "ordering", "norm", "head", "bank", "stem"; none of them adapts statistics alone.
        objective: "information_maximization", "entropy", or a function from logits to a scalar.
        statistics: "target": batch norms take the statistics of the target's images; "keep": those that they have.
        search: "coordinate": single steps are changed for as long as the objective falls, by forward passes alone;
            "gumbel": orderings are drawn at a falling temperature and logits train by gradients; "mixture": as above,
            whether "ordering" is among the parts and the weights train, or not.
        temperatures: Gumbel-softmax temperatures to start from, each in a run of its own; the objective chooses.
        epochs: passes over the images where something trains by gradients.
        learning_rate: of AdamW in the first epoch; falls by a half cosine. Logits learn `logits_multiplier` times as
            fast, the weights of a mixture five times.
        weight_decay: of AdamW, on kernels only.
        batch_size: images in a batch.
        max_images: images of the target that are read and kept in memory.
        seed: fixes the order of the images and of the coordinate search.
        verbose: as in `fit`; 0 prints nothing at all.

    Returns:
        `DomainResult`.

    Raises:
        ValueError: an unknown task, part, objective, statistics or search, sources with another number of steps, a
            mixture where the bank mixes outputs, or images that the model does not take; before anything changes.
    """
    if task is None:
        task = sources.task if isinstance(sources, DomainTraining) else model.default_task
    expect_one_of("task", task, model.task_names)
    model.task(task).expected().expect_classes()
    parts = _checked_parts(parts)
    _check_search(model, search)
    expect_one_of("statistics", statistics, ("target", "keep"))
    keeps = statistics == "target" or not set(parts) - {"ordering"}
    expect(keeps, "statistics", '"target" where other parts than "ordering" are adapted', statistics)
    expect_count("epochs", epochs)
    expect(len(temperatures) > 0, "temperatures", "at least one", temperatures)
    objective = objective_function(objective)
    images = read_unlabelled(target, max_images, model.image_shape, model.resizing)
    started, before = time.perf_counter(), model.ordering(task)
    settings = Settings(parts, objective, epochs, learning_rate, weight_decay, batch_size, seed, verbose)
    with all_or_nothing(model, task):
        candidates = _candidates(model, task, sources, seed, verbose)
        if search == "mixture":
            candidates = {MEAN: Ordering(np.mean([own.weights for own in candidates.values()], axis=0), mixed=True)}
        elif "ordering" in parts:
            candidates = {name: own.hard() for name, own in candidates.items()}
        run = DomainRun(model, task, images, settings, statistics == "target")
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


def _check_search(model, search):
    expect_one_of("search", search, SEARCHES)
    mixes = search != "mixture" or model.bank.mixing == "weights"
    expect(mixes, "search", 'other than "mixture" on a bank that mixes outputs', search)


def _checked_parts(parts):
    valid = not isinstance(parts, str) and set(parts) <= set(PARTS)
    expect(valid, "parts", f"a sequence with some of {PARTS}", parts)
    return tuple(parts)


def _candidates(model, task, sources, seed, verbose):
    """Returns `{source: Ordering}`, each with the steps of the task."""
    if sources is None:
        return {PRESENT: model.ordering(task).as_run()}
    if not isinstance(sources, DomainTraining):
        expect(isinstance(sources, dict) and sources, "sources", "a dict with at least one source", sources)
        if not all(_is_ordering(own) for own in sources.values()):
            sources = fit_domains(model, task, sources, seed=seed, verbose=verbose)
    if isinstance(sources, DomainTraining):
        # The mixture of separate blocks is the mean of their orderings, and nothing beside them.
        pooled = {} if sources.pooled.mixed else {POOLED: sources.pooled}
        sources = pooled | sources.orderings
    num_steps, orderings = model.ordering(task).num_steps, {}
    for name, own in sources.items():
        ordering = as_ordering(own, model.bank.num_blocks)
        fits = ordering.is_hard and ordering.num_steps == num_steps
        expect(fits, f"sources[{name!r}]", f"a hard ordering of {num_steps} steps, as the task has", own)
        # Norms stay with the step, whatever edits an ordering is made from.
        orderings[name] = Ordering(ordering.weights)
    return orderings


def _is_ordering(own):
    return isinstance(own, Ordering) or (isinstance(own, list | tuple) and all(np.ndim(step) == 0 for step in own))
