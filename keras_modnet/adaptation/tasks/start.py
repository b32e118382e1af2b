"""Where a task starts before it trains: the ordering and norms of another one, statistics, a head in closed form."""

import dataclasses

from keras_modnet.adaptation.heads import closed_form
from keras_modnet.adaptation.ranking.tasks import rank_tasks
from keras_modnet.adaptation.tasks.settings import FIRST_SEARCHES
from keras_modnet.adaptation.training import configure, gather_statistics
from keras_modnet.checks import expect
from keras_modnet.data.reading import first_images

# Parts whose training moves the features, and with them their statistics.
MOVE_FEATURES = ("norm", "bank", "stem")
# Batches of the training data that statistics are gathered from.
STATISTICS_BATCHES = 40


def check_source(model, task, source):
    """Raises `ValueError` unless `source` is None, "best" where there is a choice, or another task."""
    others = other_tasks(model, task)
    known = source is None or (others and source in ("best", *others))
    expect(known, "init_from", f'None, "best" or one of the other tasks {others}', source)


def other_tasks(model, task):
    """Returns the names of all tasks but one."""
    return [name for name in model.task_names if name != task]


def start_from(model, task, source, dataset, count):
    """Gives a task the ordering and norms of another one; its head stays.

    Args:
        model: a `ModNet`.
        task: name of the task.
        source: name of another task, "best" for the first of `rank_tasks`, or None: nothing changes.
        dataset: dataset to rank by.
        count: images to rank by.

    Returns:
        The `TaskRanking`, or None where nothing was ranked.
    """
    others, ranking = other_tasks(model, task), None
    if source == "best" and source not in others:
        ranking = rank_tasks(model, first_images(dataset, count), others, count)
        source = ranking.best
    if source is not None:
        ordering = model.ordering(source)
        # The norms of any step will do: all come from the source next.
        taken = ordering if ordering.mixed else ordering.hard()
        model.set_ordering(task, dataclasses.replace(taken, norm_steps=(0,) * ordering.num_steps))
        layers, theirs = model.task_layers[task], model.task_layers[source]
        if theirs.own_norms:
            model.set_own_norms(task)
        layers.take_from(theirs, range(theirs.num_steps))
    return ranking


def settle(model, task, parts, search, dataset):
    """Settles before training what training does not change, and lets the rest train.

    An ordering that was found before is hard. Statistics of features that do not move any more are gathered once, of
    many images: following single batches would only add noise.

    Args:
        model: a `ModNet`.
        task: name of the task.
        parts: what is adapted in all.
        search: kind of the search, or None.
        dataset: dataset to take batches from.

    Returns:
        The parts that train by gradients; all of them where nothing would be left, for `fit` to say what is missing.
    """
    settled = {"ordering"} if search in FIRST_SEARCHES else set()
    if search not in ("gumbel", "mixture") and not set(MOVE_FEATURES) & set(parts):
        settled.add("statistics")
    follow = tuple(part for part in parts if part not in settled) or tuple(parts)
    if "statistics" in set(parts) - set(follow):
        gather(model, task, ("statistics",), dataset)
    configure(model, task, follow, verbose=False)
    return follow


def start_head(model, task, parts, dataset):
    """Gives the task a head in closed form, with the statistics that the images of a dataset have.

    Args:
        model: a `ModNet`.
        task: name of the task.
        parts: what trains: statistics of other parts stay as they are.
        dataset: dataset to take images from.
    """
    gather(model, task, parts, dataset)
    closed_form.start_head(model, task, *first_images(dataset, closed_form.MAX_IMAGES))


def gather(model, task, parts, dataset):
    """Re-estimates the statistics of parts of a task from batches of a dataset; runs nothing where there are none.

    Args:
        model: a `ModNet`.
        task: name of the task.
        parts: any of the parts of `adapt_task`.
        dataset: dataset to take batches from.
    """
    layers = model.task_layers[task]
    norms = {"norm": layers.norms, "statistics": layers.norms, "head": layers.head.norms}
    moving = [part for part in parts if _has_statistics(norms.get(part))]
    if moving:
        gather_statistics(model, task, moving, dataset, STATISTICS_BATCHES)


def _has_statistics(norms):
    return norms is not None and any(norms.has_statistics(place) for place in norms.places)
