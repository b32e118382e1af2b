"""What `adapt_task` does about the ordering before and while a task trains."""

import dataclasses

import numpy as np

from keras_modnet.adaptation.search.coordinate import search_ordering
from keras_modnet.adaptation.search.edits import search_edits
from keras_modnet.adaptation.tasks.settings import FIRST_SEARCHES
from keras_modnet.adaptation.training import START_CONFIDENCE
from keras_modnet.checks import expect
from keras_modnet.data.reading import first_images, has_images
from keras_modnet.training.callbacks import Harden, TemperatureAnnealing

# With fewer images a class a search picks by the luck of these images.
FEW_IMAGES_A_CLASS = 20
# Where one sweep over the steps tries more orderings than that, a search by edits is the default.
MANY_ORDERINGS = 100


def choose_search(parts, search, layers, dataset, verbose):
    """Returns which parts are adapted, and by which kind of search, None where the ordering stays.

    Args:
        parts: what is to be adapted.
        search: `Search`.
        layers: `TaskLayers` of the task.
        dataset: the training data.
        verbose: whether to say so where there are too few images to search by.

    Raises:
        ValueError: a search before training where another head than a new one, or other blocks, are to fit.
    """
    suits = _tells_features(parts)
    other = f"none of {FIRST_SEARCHES} for parts without a head on frozen blocks"
    expect(suits or search.kind not in FIRST_SEARCHES, "search", other, search)
    if "ordering" not in parts or search.kind is not None:
        return parts, search.kind if "ordering" in parts else None
    if not suits:
        return parts, "gumbel"
    deep = layers.num_steps * (layers.bank.num_blocks - 1) > MANY_ORDERINGS
    kind = "edits" if deep else "coordinate"
    if has_images(dataset, FEW_IMAGES_A_CLASS * layers.num_classes):
        return parts, kind
    if verbose:
        does = "only how many steps are enough is looked for" if deep else "the ordering stays as it is"
        print(f'Fewer than {FEW_IMAGES_A_CLASS} images a class: {does}. search="{kind}" searches all the same.')
    return (parts, "truncation") if deep else (tuple(part for part in parts if part != "ordering"), None)


def _tells_features(parts):
    """Whether a new head on frozen blocks trains, so that features are judged by how well they separate the classes."""
    return "head" in parts and not {"bank", "stem"} & set(parts)


def search_first(model, task, parts, kind, search, dataset, seed):
    """Gives the task the ordering that a search finds, and makes of it what trains then.

    Args:
        model: a `ModNet`.
        task: name of the task.
        parts: what trains.
        kind: kind of the search, as `choose_search` returned it.
        search: `Search`.
        dataset: dataset to take images from.
        seed: fixes the random ordering and the order of the steps.

    Returns:
        What `search_edits` or `search_ordering` returned, or None where neither suits the search or the parts.
    """
    found = None
    if kind in FIRST_SEARCHES or (kind == "mixture" and _tells_features(parts)):
        found = _search_blocks(model, task, kind, search, dataset, seed)
    ordering = model.ordering(task)
    if kind == "mixture":
        model.set_ordering(task, dataclasses.replace(ordering.as_run(), mixed=True))
    elif kind == "gumbel" and ordering.mixed:
        # A mixture has nothing to draw.
        model.set_ordering(task, ordering.hard())
    return found


def _search_blocks(model, task, kind, search, dataset, seed):
    steps, blocks = model.ordering(task).weights.shape
    drawn = np.random.default_rng(seed).integers(0, blocks, steps).tolist() if search.start == "uniform" else None
    data = first_images(dataset, search.images)
    options = {"max_images": search.images, "seed": seed}
    if kind in ("edits", "truncation"):
        options |= {"seconds": search.seconds, "cost": search.cost, "max_steps": search.max_steps}
        found = search_edits(model, task, data, drawn, only_truncations=kind == "truncation", **options)
    else:
        found = search_ordering(model, task, data, drawn, **options)
    model.set_ordering(task, found.ordering)
    return found


def soften(model, task, kind, start):
    """Lets the router draw where the kind of search is "gumbel": near the present ordering, or with equal chances."""
    if kind == "gumbel":
        model.task_layers[task].router.soften(START_CONFIDENCE if start == "source" else None)


def decide(model, task):
    """Leaves the task with what it runs: a soft ordering becomes hard, a mixture stays."""
    if not model.ordering(task).mixed:
        model.task_layers[task].router.harden()


def drawing_callbacks(kind, task, epochs, temperatures):
    """Returns annealing and hardening: half of the epochs search, the rest trains what will run; none where none draw.

    Args:
        kind: kind of the search.
        task: name of the task.
        epochs: epochs in all, at least 2 where orderings are drawn.
        temperatures: Gumbel-softmax temperature of the first and of the last epoch that draws.
    """
    if kind != "gumbel":
        return []
    expect(epochs >= 2, "epochs", "at least 2 to learn an ordering: one to search, one to train it", epochs)
    first = epochs // 2
    return [TemperatureAnnealing(*temperatures, epochs=first, tasks=[task]), Harden(first, tasks=[task])]
