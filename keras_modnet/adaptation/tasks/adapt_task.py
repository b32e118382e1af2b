"""A new task from frozen blocks: learn its ordering, and as much beside it as asked for."""

import time
import types

from keras_modnet.adaptation.frozen.storage import FeatureStore
from keras_modnet.adaptation.heads.closed_form import choose_head_init
from keras_modnet.adaptation.tasks import folders, ordering, start
from keras_modnet.adaptation.tasks.held_out import split_data, stopping_callbacks
from keras_modnet.adaptation.tasks.result import AdaptationResult
from keras_modnet.adaptation.tasks.settings import Objective, as_search
from keras_modnet.adaptation.tasks.ways import choose_way, plain
from keras_modnet.adaptation.training import all_or_nothing, compile_task, configure, learning_rate_of
from keras_modnet.checks import expect_count
from keras_modnet.data.arrays import labelled_dataset
from keras_modnet.data.augmentation import augmentation as augmentation_of
from keras_modnet.models.report import own_parameters
from keras_modnet.models.trainability import states_for
from keras_modnet.training.class_accuracy import counted, counts_of


def adapt_task(
    model,
    task,
    train_data,
    validation_data=None,
    parts=("ordering", "norm", "head"),
    epochs=30,
    batch_size=64,
    learning_rate=1e-2,
    weight_decay=1e-2,
    search=None,
    init_from=None,
    head_init=None,
    stopping=None,
    objective=None,
    augmentation=None,
    skip_bad_images=0,
    seed=0,
    callbacks=(),
    verbose="auto",
):
    """Trains some parts of one task, everything else frozen, and leaves the task with an ordering that is decided.

    With "ordering" among the parts an ordering is searched, as `Search` says. Statistics of features that training does
    not move are gathered before it, all others follow the batches and are re-estimated at the end. What trained before
    the call trains again after it; the model of the task, `model.task(task)`, is left compiled. A call that raises, or
    is interrupted, leaves the model as it was.

    Where the head alone trains by gradients, on arrays or a folder and without `callbacks` and `augmentation`, its
    features are computed once an image and kept; `frozen.storage.MAX_BYTES` of them in memory, more in a temporary
    file.

    Args:
        model: a `ModNet`.
        task: name of a task of the model; `ModNet.add_task` makes a new one. Where `train_data` are a folder, it may be
            a new name: the task is made for the classes of the folder, from `init_from` or the default task.
        train_data: the path of a folder with a folder of images for each class, or an `ImageFolder` made of one, whose
            names of classes the task takes, and of which a fifth of each class is held out where neither
            `validation_data` nor `stopping` says otherwise; or images `(n, H, W, C)` and labels, whole numbers `(n,)`
            or rows `(n, num_classes)`, and perhaps sample weights `(n,)`: arrays or lists, resized to what the model
            takes; or a dataset of such batches in the model's size: `tf.data.Dataset`, `PyDataset`, a list of batches
            or another iterable that can be read again.
        validation_data: likewise, or None; measured after each epoch and by class at the end, used for nothing but
            `stopping`.
        parts: any of "ordering", "norm", "statistics", "head", "bank", "stem". "norm" gives the task norms of its own
            at every step where blocks carry theirs (`ModNet.set_own_norms`).
        epochs: passes over `train_data`; where orderings are drawn at least 2.
        batch_size: images in a batch, where `train_data` are arrays or the path of a folder.
        learning_rate: of AdamW in the first epoch; it falls by a half cosine to zero. Where "bank" or "stem" trains
            it rises linearly for the first quarter of the steps, or good features are lost in the first ones. Logits
            learn `logits_multiplier` times as fast.
        weight_decay: of AdamW, on kernels only.
        search: `Search`, or its kind: "coordinate", "edits", "truncation", "gumbel" or "mixture"; None: what suits the
            parts and the images.
        init_from: name of another task whose ordering and norms the task takes over first, or "best": that of the bank
            whose features separate the classes best, by `rank_tasks`. None: what the task has.
        head_init: "ridge": the head starts at a linear classifier in closed form, fitted to the pooled features of at
            most 5000 images of `train_data`; "keep": where it is; None: "ridge" for a fresh head that trains, which is
            one whose biases are all zero. Where orderings are drawn it is fitted to the hard one at the start.
        stopping: `Stopping`: patience, and a share of the arrays or the folder to hold out. None: all epochs run.
        objective: `Objective`: loss, metrics, class weights. None: cross-entropy and accuracy.
        augmentation: random changes of the training images, as `ImageFolder` takes them, where `train_data` are arrays
            or the path of a folder; search, statistics and the head's start see the images as they are.
        skip_bad_images: how many files of a folder may be left out because they are no images.
        seed: fixes the order of the images, what is held out and how they are changed, where `train_data` are arrays or
            a folder, and the order of the search before training.
        callbacks: further Keras callbacks; they see `model.task(task)`, and the whole network runs in every epoch.
        verbose: as in `fit`; 0 prints nothing at all.

    Returns:
        `AdaptationResult`.

    Raises:
        ValueError: an unknown task, part or source, settings that do not suit the parts, too few epochs, or data that
            the task cannot take; of arrays before any step.

    Example:
        result = keras_modnet.adapt_task(model, "birds", "photos/", parts=("norm", "head"))
        print(result)
    """
    given = types.SimpleNamespace(**locals())
    given.search, given.objective = as_search(search), objective or Objective()
    for name in ("epochs", "batch_size"):
        expect_count(name, getattr(given, name))
    start.check_source(model, task, init_from)
    states_for(model, task, parts)
    given.train_data, given.validation_data = folders.read_folders(given)
    given.stopping = folders.stopping_of(given)
    with folders.task_of_classes(model, task, given.train_data, init_from):
        return _adapt(model, task, given)


def _adapt(model, task, given):
    """Adapts a task that is there, on data that are in memory or come in batches; returns the `AdaptationResult`."""
    search, seed, loud = given.search, given.seed, given.verbose != 0
    data, validation_data = training_data(model.task(task).expected(), given)
    parts, kind = ordering.choose_search(tuple(given.parts), search, model.task_layers[task], data, loud)
    head_init = choose_head_init(model, task, parts, given.head_init)
    callbacks = epoch_callbacks(task, parts, kind, validation_data, given)
    started = time.perf_counter()
    with all_or_nothing(model, task), FeatureStore() as store:
        images = plain(data)
        ranking = start.start_from(model, task, given.init_from, images, search.images)
        before = model.ordering(task)
        found = ordering.search_first(model, task, parts, kind, search, images, seed)
        table = configure(model, task, parts, loud)
        follow = start.settle(model, task, parts, kind, images)
        objective = given.objective
        compile_task(model, task, given.learning_rate, given.weight_decay, objective.loss, objective.metrics)
        way = choose_way(model, task, follow, data, validation_data, given.callbacks, store, seed)
        if head_init == "ridge":
            way.start_head()
        ordering.soften(model, task, kind, search.start)
        history = way.fit(objective, epochs=given.epochs, verbose=given.verbose, callbacks=callbacks)
        way.gather_statistics()
        ordering.decide(model, task)
        by_class = None if validation_data is None else counted(model, task, way.answers())
    orderings, seconds = (before, model.ordering(task)), time.perf_counter() - started
    known = {"own_parameters": own_parameters(model.task_layers[task]), "by_class": by_class}
    known["train_counts"] = counts_of(model, task, data)
    return AdaptationResult(task, parts, history, *orderings, table, table.trainable, seconds, found, ranking, **known)


def training_data(expected, given):
    """Returns the training and the validation data of an adaptation as datasets, or arrays for the latter."""
    data, validation_data = split_data(
        expected, given.train_data, given.validation_data, given.stopping.validation_split, given.seed
    )
    augment = None
    if given.augmentation is not None:
        augment = augmentation_of(given.augmentation, expected.image_shape, given.seed, "augmentation")
    return labelled_dataset(expected, data, given.batch_size, given.seed, augment=augment), validation_data


def epoch_callbacks(task, parts, kind, validation_data, given):
    """Returns what changes learning rate and temperature from epoch to epoch, what stops, and the user's callbacks."""
    draws = ordering.drawing_callbacks(kind, task, given.epochs, given.search.temperatures)
    stops = stopping_callbacks(given.stopping.patience, validation_data, given.epochs // 2 if draws else 0)
    return [learning_rate_of(given.learning_rate, given.epochs, parts), *draws, *stops, *given.callbacks]
