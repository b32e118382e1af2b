"""What `adapt_task` does about the ordering before and while a task trains."""

import dataclasses

import numpy as np

from keras_modnet.adaptation import phases
from keras_modnet.adaptation.search import search_ordering
from keras_modnet.checks import expect
from keras_modnet.training.callbacks import Harden, TemperatureAnnealing

SEARCHES = ("coordinate", "gumbel", "mixture")
# Where a search near the present ordering starts: each step's block keeps this share of the probability.
START_CONFIDENCE = 0.8


def choose_search(parts, search):
    """Returns the kind of search for the parts: "coordinate", "gumbel", "mixture", or None without "ordering".

    Args:
        parts: what trains.
        search: a kind, or None: "coordinate" for a new head on frozen blocks, else "gumbel".

    Raises:
        ValueError: an unknown kind, or "coordinate" where another head than a new one, or other blocks, are to fit.
    """
    expect(search is None or search in SEARCHES, "search", f"one of {SEARCHES} or None", search)
    suits = _tells_features(parts)
    expect(suits or search != "coordinate", "search", 'other than "coordinate" for parts without "head"', search)
    if "ordering" not in parts:
        return None
    return search or ("coordinate" if suits else "gumbel")


def _tells_features(parts):
    """Whether a new head on frozen blocks trains, so that features are judged by how well they separate the classes."""
    return "head" in parts and not {"bank", "stem"} & set(parts)


def search_first(model, task, parts, search, dataset, start, count, seed):
    """Gives the task the ordering that `search_ordering` finds, and makes of it what trains then.

    Args:
        model: a `ModNet`.
        task: name of the task.
        parts: what trains.
        search: what `choose_search` returned.
        dataset: dataset to take images from.
        start: "source": the present ordering; "uniform": a random one.
        count: images to take.
        seed: fixes the random ordering and the order of the steps.

    Returns:
        What `search_ordering` returned, or None where it does not suit the search or the parts.
    """
    found = None
    if search == "coordinate" or (search == "mixture" and _tells_features(parts)):
        found = _search_blocks(model, task, dataset, start, count, seed)
    ordering = model.ordering(task)
    if search == "mixture":
        model.set_ordering(task, dataclasses.replace(ordering.as_run(), mixed=True))
    elif search == "gumbel" and ordering.mixed:
        # A mixture has nothing to draw.
        model.set_ordering(task, ordering.hard())
    return found


def _search_blocks(model, task, dataset, start, count, seed):
    shape = model.ordering(task).weights.shape
    drawn = np.random.default_rng(seed).integers(0, shape[1], shape[0]).tolist() if start == "uniform" else None
    found = search_ordering(model, task, phases.first_images(dataset, count), drawn, max_images=count, seed=seed)
    model.set_ordering(task, found.ordering)
    return found


def soften(model, task, search, start):
    """Prepares the router for a search that draws.

    Args:
        model: a `ModNet`.
        task: name of the task.
        search: what `choose_search` returned; others than "gumbel" need nothing.
        start: "source": near the present ordering; "uniform": equal probabilities.
    """
    if search == "gumbel":
        model.task_layers[task].router.soften(START_CONFIDENCE if start == "source" else None)


def decide(model, task):
    """Leaves the task with what it runs: a soft ordering becomes hard, a mixture stays."""
    if not model.ordering(task).mixed:
        model.task_layers[task].router.harden()


def drawing_callbacks(search, task, epochs, temperatures):
    """Returns annealing and hardening: half of the epochs search, the rest trains what will run; none where none draw.

    Args:
        search: what `choose_search` returned.
        task: name of the task.
        epochs: epochs in all, at least 2 where orderings are drawn.
        temperatures: Gumbel-softmax temperature of the first and of the last search epoch.
    """
    if search != "gumbel":
        return []
    expect(epochs >= 2, "epochs", "at least 2 to learn an ordering: one to search, one to train it", epochs)
    search = epochs // 2
    return [TemperatureAnnealing(*temperatures, epochs=search, tasks=[task]), Harden(search, tasks=[task])]
