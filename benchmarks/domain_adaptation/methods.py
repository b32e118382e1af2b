"""The ways of `benchmarks.domain_adaptation` to serve a domain without labels, each from a network of its kind."""

import dataclasses
import time

import keras
import numpy as np

import keras_modnet
from benchmarks.domain_adaptation.adversarial import train_adversarially
from benchmarks.domain_adaptation.case import TASK
from benchmarks.domain_adaptation.data import SETS

SCRATCH = "pooled sources, network from scratch"
PLAIN = "pooled sources, no pixel changes"
POOLED = "pooled sources"
STATISTICS = "pooled sources + statistics"
TENT = "pooled sources + TENT"
SHOT = "pooled sources + information maximization of all weights"
DANN = "domain-adversarial training (DANN) on sources and target + statistics"
TRAVEL_STATISTICS = "travelling network, ordering of a source + statistics"
ORDERING = "travelling network, ordering searched without labels + statistics"
ORDERING_NORM = "travelling network, ordering and norms learned without labels"
SEPARATE = "separate blocks, orderings of the sources mixed in equal parts"
SEPARATE_STATISTICS = "separate blocks + statistics"
SEPARATE_TENT = "separate blocks + TENT"
SEPARATE_HARD = "separate blocks, hard ordering searched without labels + statistics"
MIXTURE = "separate blocks, mixed ordering learned without labels + statistics"
ORACLE_ORDERING = "oracle: travelling network, ordering searched with the target's labels + statistics"
ORACLE_TUNING = "oracle: pooled sources, all weights by the target's labels"

STATISTICS_BATCH = 250
# Sets where the blocks are searched one by one, too, which takes longer than training them.
SEARCHED_SETS = ("digits",)


def plain_rows(case):
    """Returns `{row: what it measured}` of the network that is trained on the sources' own pixels."""
    model, trained = case.train("shared", case.budget["batches"], changed=False)
    return {PLAIN: _measured(case, model, trained.seconds)}


def scratch_rows(case):
    """Returns the row of a network like the pooled one of the set that starts from scratch."""
    model, trained = dataclasses.replace(case, scratch=True).train("shared", case.budget["batches"])
    return {SCRATCH: _measured(case, model, trained.seconds)}


def pooled_rows(case):
    """Returns the rows of the network that is trained on all sources by one ordering."""
    model, trained = case.train("shared", case.budget["batches"])
    rows = {POOLED: _measured(case, model, trained.seconds)}
    ways = {
        STATISTICS: _statistics,
        TENT: lambda case, model: _adapt(case, model, None, parts=("norm",), objective="entropy"),
        SHOT: lambda case, model: _adapt(case, model, None, parts=("norm", "bank", "stem")),
        ORACLE_TUNING: _tune,
    }
    return rows | _each_from(case, model, ways)


def adversarial_rows(case):
    """Returns the row of the network that is trained on all sources against a discriminator, and on the target."""
    model, noted = train_adversarially(case)
    _statistics(case, model)
    return {DANN: {"accuracy_percent": case.accuracy(model)} | noted}


def travel_rows(case):
    """Returns the rows of the network whose batches travel through other domains' orderings."""
    model, trained = case.train("searched", case.budget["batches"])
    ways = {
        TRAVEL_STATISTICS: lambda case, model: _adapt(case, model, trained, parts=()),
        ORDERING: lambda case, model: _adapt(case, model, trained, parts=("ordering",)),
        ORDERING_NORM: lambda case, model: _adapt(case, model, trained, parts=("ordering", "norm")),
        ORACLE_ORDERING: lambda case, model: _search_by_labels(case, model, trained),
    }
    rows = _each_from(case, model, ways)
    rows[TRAVEL_STATISTICS]["training_seconds"] = trained.seconds
    rows[TRAVEL_STATISTICS]["orderings"] = {name: list(own.blocks) for name, own in trained.orderings.items()}
    return rows


def separate_rows(case):
    """Returns the rows of the network in which every domain has blocks of its own, which can be mixed."""
    model, trained = case.train("separate", case.budget["batches"])
    mixed, own = {"search": "mixture"}, ("ordering",)
    ways = {
        SEPARATE_STATISTICS: lambda case, model: _adapt(case, model, trained, parts=(), **mixed),
        SEPARATE_TENT: lambda case, model: _adapt(case, model, trained, parts=("norm",), objective="entropy", **mixed),
        MIXTURE: lambda case, model: _adapt(case, model, trained, parts=own, **mixed),
    }
    if case.set_name in SEARCHED_SETS:
        ways[SEPARATE_HARD] = lambda case, model: _adapt(case, model, trained, parts=own, search="coordinate")
    rows = {SEPARATE: _measured(case, model, trained.seconds)} | _each_from(case, model, ways)
    rows[SEPARATE]["parameters"] = model.count_params()
    return rows


def single_rows(case):
    """Returns the rows of a network that is trained on one source, a row for each domain that it may serve."""
    model, trained = case.train("shared", case.budget["single_batches"])
    members, (source,) = SETS[case.set_name], case.sources
    targets = [domain for domain in members.readable(case.data_dir) if source in members.sources(domain, case.data_dir)]
    return {
        domain: {"accuracy_percent": case.accuracy(model, domain), "seconds": trained.seconds} for domain in targets
    }


def _each_from(case, model, ways):
    """Measures every way from the same weights."""
    weights, ordering = model.get_weights(), model.ordering(TASK)
    rows = {}
    for row, way in ways.items():
        # First: a mixture has other variables than a hard ordering.
        model.set_ordering(TASK, ordering)
        model.set_weights(weights)
        started = time.perf_counter()
        noted = way(case, model) or {}
        rows[row] = _measured(case, model, time.perf_counter() - started) | noted
    return rows


def _measured(case, model, seconds):
    return {"accuracy_percent": case.accuracy(model), "seconds": seconds}


def _statistics(case, model):
    images = case.target_images
    parts = np.array_split(images, max(1, len(images) // STATISTICS_BATCH))
    keras_modnet.refresh_statistics(model, TASK, parts)


def _adapt(case, model, sources, **options):
    options |= {"max_images": case.budget["adaptation_images"], "seed": case.seed, "verbose": 0}
    result = keras_modnet.adapt_domain(model, sources, case.target_images, task=TASK, **options)
    after = result.ordering_after
    return {
        "ordering": None if after.mixed else list(after.blocks),
        "trained_parameters": result.trained_parameters,
        "start": result.start,
        "objective_source": result.objective_source,
        "objective_statistics": result.objective_statistics,
        "objective_after": result.objective_after,
    }


def _tune(case, model):
    images, labels = case.target_labelled
    epochs = max(1, round(case.budget["oracle_batches"] * case.budget["batch_size"] / len(labels)))
    options = {"epochs": epochs, "learning_rate": 2e-3, "batch_size": case.budget["batch_size"], "verbose": 0}
    parts = ("norm", "head", "bank", "stem")
    keras_modnet.adapt_task(model, TASK, (images, labels), parts=parts, seed=case.seed, **options)


def _search_by_labels(case, model, trained):
    """The same search, with an objective that knows the labels: it is handed all images at once, in their order."""
    labels = case.target_labelled[1]

    def error_rate(logits):
        predicted = keras.ops.convert_to_numpy(logits).argmax(-1)
        return float((predicted != labels[: len(predicted)]).mean())

    return _adapt(case, model, trained, parts=("ordering",), objective=error_rate)
