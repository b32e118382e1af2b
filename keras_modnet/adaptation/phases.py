"""The phases of adapting a task on a frozen bank, each a small function: configure, search, settle, keep, restore."""

import dataclasses
import itertools

import keras
import numpy as np

from keras_modnet.adaptation import head_start
from keras_modnet.adaptation.ranking import rank_tasks
from keras_modnet.adaptation.search import search_ordering
from keras_modnet.checks import expect
from keras_modnet.models import trainability
from keras_modnet.models.data_checks import check_first_batch, checked_arguments, class_indices
from keras_modnet.models.runs_tasks import STATISTICS_PARTS
from keras_modnet.training.callbacks import Harden, TemperatureAnnealing
from keras_modnet.training.optimizers import adamw, jit_compile
from keras_modnet.training.schedules import cosine
from keras_modnet.training.statistics import refresh_statistics

SEARCHES = ("coordinate", "gumbel")
# Parts whose training moves the features, and with them their statistics.
MOVE_FEATURES = ("norm", "bank", "stem")
# Where a search near the present ordering starts: each step's block keeps this share of the probability.
START_CONFIDENCE = 0.8


def choose_search(parts, search):
    """Returns the kind of search for the parts: "coordinate", "gumbel", or None without "ordering".

    Args:
        parts: what trains.
        search: a kind, or None: "coordinate" for a new head on frozen blocks, else "gumbel".

    Raises:
        ValueError: an unknown kind, or "coordinate" where another head than a new one, or other blocks, are to fit.
    """
    expect(search is None or search in SEARCHES, "search", f"one of {SEARCHES} or None", search)
    suits = "head" in parts and not {"bank", "stem"} & set(parts)
    expect(suits or search != "coordinate", "search", 'other than "coordinate" for parts without "head"', search)
    if "ordering" not in parts:
        return None
    return search or ("coordinate" if suits else "gumbel")


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

    Raises:
        ValueError: an unknown source, the task itself, or no other task to choose from.
    """
    others = [name for name in model.task_names if name != task]
    known = source is None or (others and source in ("best", *others))
    expect(known, "init_from", f'None, "best" or one of the other tasks {others}', source)
    ranking = None
    if source == "best" and source not in others:
        ranking = rank_tasks(model, first_images(dataset, count), others, count)
        source = ranking.best
    if source is not None:
        ordering = model.ordering(source)
        # The norms of any step will do: all come from the source next.
        taken = ordering if ordering.mixed else ordering.hard()
        model.set_ordering(task, dataclasses.replace(taken, norm_steps=(0,) * ordering.num_steps))
        layers, theirs = model.task_layers[task], model.task_layers[source]
        layers.take_from(theirs, range(theirs.num_steps))
    return ranking


def settle_first(model, task, parts, search, dataset, batches):
    """Settles before `fit` what `fit` does not change, and lets the rest train.

    A found ordering is hard. Statistics of features that do not move any more are gathered once, of many images:
    following single batches would only add noise.

    Args:
        model: a `ModNet`.
        task: name of the task.
        parts: what trains in all.
        search: what `choose_search` returned.
        dataset: dataset to take batches from.
        batches: how many batches the statistics are gathered from.

    Returns:
        The parts that train in `fit`; all of them where nothing would be left, for `fit` to say what is missing.

    Raises:
        ValueError: data that the task cannot take, before anything is settled by them.
    """
    check_first_batch(model, *checked_arguments(dataset, None)[-1])
    settled = {"ordering"} if search == "coordinate" else set()
    if search != "gumbel" and not set(MOVE_FEATURES) & set(parts):
        settled.add("statistics")
    follow = tuple(part for part in parts if part not in settled) or tuple(parts)
    if "statistics" in set(parts) - set(follow):
        settle_statistics(model, task, ("statistics",), dataset, batches)
    configure(model, task, follow, verbose=False)
    return follow


def start_head(model, task, parts, dataset, batches):
    """Gives the task the head of `head_start.start_head`, with the statistics that the images of a dataset have.

    Args:
        model: a `ModNet`.
        task: name of the task.
        parts: what trains in `fit`: statistics of other parts stay as they are.
        dataset: dataset to take images from.
        batches: how many batches the statistics are gathered from.
    """
    settle_statistics(model, task, parts, dataset, batches)
    images, labels = first_images(dataset, head_start.MAX_IMAGES)
    head_start.start_head(model, task, images[: head_start.MAX_IMAGES], labels[: head_start.MAX_IMAGES])


def search_blocks(model, task, dataset, start, count, seed):
    """Gives the task the ordering that `search_ordering` finds; returns what that returned.

    Args:
        model: a `ModNet`.
        task: name of the task.
        dataset: dataset to take images from.
        start: "source": the present ordering; "uniform": a random one.
        count: images to take.
        seed: fixes the random ordering and the order of the steps.
    """
    shape = model.ordering(task).weights.shape
    drawn = np.random.default_rng(seed).integers(0, shape[1], shape[0]).tolist() if start == "uniform" else None
    found = search_ordering(model, task, first_images(dataset, count), drawn, max_images=count, seed=seed)
    model.set_ordering(task, found.ordering)
    return found


def first_images(dataset, count, argument="train_data"):
    """Returns the first images and class indices of a dataset, at least `count` of them where it has so many.

    Raises:
        ValueError: the dataset, named as `argument`, has no batch.
    """
    images, labels, seen = [], [], 0
    for batch in batches_of(dataset):
        images.append(keras.ops.convert_to_numpy(batch[0]))
        labels.append(keras.ops.convert_to_numpy(batch[1]))
        seen += len(images[-1])
        if seen >= count:
            break
    expect(seen > 0, argument, "at least one batch", "none")
    return np.concatenate(images), class_indices(np.concatenate(labels))


def batches_of(dataset):
    """Yields the batches of a dataset once."""
    if isinstance(dataset, keras.utils.PyDataset):
        yield from (dataset[index] for index in range(dataset.num_batches))
    else:
        yield from dataset


def configure(model, task, parts, verbose):
    """Lets only the given parts of the task train; says so in a table if `verbose`; returns the table."""
    if verbose:
        return model.train_only(task, parts)
    trainability.apply_part_states(model, trainability.states_for(model, task, parts))
    model.forget_functions()
    return trainability.trainable_table(model, task)


def soften(model, task, start):
    """Prepares the router for a search.

    Args:
        model: a `ModNet`.
        task: name of the task.
        start: "source": near the present ordering; "uniform": equal probabilities.
    """
    router = model.task_layers[task].router
    router.soften(START_CONFIDENCE if start == "source" else None)


def search_callbacks(task, epochs, temperatures):
    """Returns annealing and hardening: half of the epochs search, the rest trains what will run.

    Args:
        task: name of the task.
        epochs: epochs in all, at least 2.
        temperatures: Gumbel-softmax temperature of the first and of the last search epoch.
    """
    expect(epochs >= 2, "epochs", "at least 2 to learn an ordering: one to search, one to train it", epochs)
    search = epochs // 2
    return [TemperatureAnnealing(*temperatures, epochs=search, tasks=[task]), Harden(search, tasks=[task])]


def cooling(learning_rate, epochs):
    """Returns the callback that lowers the learning rate from epoch to epoch, by a half cosine towards zero."""
    return keras.callbacks.LearningRateScheduler(lambda epoch: cosine(learning_rate, 0.0, epoch / epochs))


def compile_for(model, learning_rate, weight_decay, loss=None):
    """Compiles the model for its selected task.

    Args:
        model: a `ModNet`.
        learning_rate: of AdamW, a number or a Keras schedule.
        weight_decay: of AdamW, on kernels only.
        loss: function of labels and logits; default the cross-entropy of integer labels, with accuracy as a metric.
    """
    optimizer = adamw(learning_rate, weight_decay, model.trainable_variables)
    metrics = ["accuracy"] if loss is None else None
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True) if loss is None else loss
    model.compile(optimizer, loss, metrics=metrics, jit_compile=jit_compile())


def fit(model, train_data, validation_data, epochs, callbacks, verbose):
    """Fits as Keras does; returns `{name: [value of each epoch]}`."""
    options = {"validation_data": validation_data, "epochs": epochs, "callbacks": callbacks, "verbose": verbose}
    fitted = model.fit(train_data, **options)
    return {name: [float(value) for value in values] for name, values in fitted.history.items()}


def settle_statistics(model, task, parts, dataset, batches):
    """Re-estimates the task's statistics of the given parts from the first batches of a dataset."""
    renamed = {"norm" if part == "statistics" else part for part in parts}
    follow = [part for part in STATISTICS_PARTS if part in renamed]
    if follow:
        refresh_statistics(model, task, first_batches(dataset, batches), follow)


def first_batches(dataset, count):
    """Yields the images of the first `count` batches of a dataset."""
    yield from (batch[0] for batch in itertools.islice(batches_of(dataset), count))
