"""The phases of adapting a task on a frozen bank, each a small function: configure, search, settle, keep, restore."""

import contextlib
import dataclasses
import itertools

import keras
import numpy as np

from keras_modnet.adaptation import head_start
from keras_modnet.adaptation.ranking import rank_tasks
from keras_modnet.checks import expect
from keras_modnet.models import trainability
from keras_modnet.models.data_checks import check_first_batch, checked_arguments, class_indices
from keras_modnet.models.runs_tasks import STATISTICS_PARTS
from keras_modnet.training.optimizers import adamw, jit_compile
from keras_modnet.training.schedules import cosine
from keras_modnet.training.statistics import refresh_statistics

# Parts whose training moves the features, and with them their statistics.
MOVE_FEATURES = ("norm", "bank", "stem")


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

    An ordering that was found before is hard. Statistics of features that do not move any more are gathered once, of
    many images: following single batches would only add noise.

    Args:
        model: a `ModNet`.
        task: name of the task.
        parts: what trains in all.
        search: what `search_phases.choose_search` returned.
        dataset: dataset to take batches from.
        batches: how many batches the statistics are gathered from.

    Returns:
        The parts that train in `fit`; all of them where nothing would be left, for `fit` to say what is missing.

    Raises:
        ValueError: data that the task cannot take, before anything is settled by them.
    """
    check_first_batch(model, *checked_arguments(dataset, None)[-1])
    settled = {"ordering"} if search == "coordinate" else set()
    if search not in ("gumbel", "mixture") and not set(MOVE_FEATURES) & set(parts):
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


@contextlib.contextmanager
def for_now(model, task):
    """Selects a task for a `with` block; what trains is put back at its end, after an error the ordering, too."""
    before, former = model.ordering(task), trainability.part_states(model)
    try:
        with model.use_task(task):
            yield
    except BaseException:
        model.set_ordering(task, before)
        raise
    finally:
        trainability.apply_part_states(model, former)
        model.forget_functions()


def configure(model, task, parts, verbose):
    """Lets only the given parts of the task train; says so in a table if `verbose`; returns the table."""
    if verbose:
        return model.train_only(task, parts)
    trainability.apply_part_states(model, trainability.states_for(model, task, parts))
    model.forget_functions()
    return trainability.trainable_table(model, task)


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
