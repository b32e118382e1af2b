"""A new task from frozen blocks: learn its ordering, and as much beside it as asked for."""

import time

from keras_modnet.adaptation.frozen.storage import FeatureStore
from keras_modnet.adaptation.heads.closed_form import choose_head_init
from keras_modnet.adaptation.tasks import ordering, start
from keras_modnet.adaptation.tasks.held_out import split_data, stopping_callbacks
from keras_modnet.adaptation.tasks.result import AdaptationResult
from keras_modnet.adaptation.tasks.settings import Objective, Stopping, as_search
from keras_modnet.adaptation.tasks.ways import choose_way
from keras_modnet.adaptation.training import all_or_nothing, compile_task, configure, learning_rate_of
from keras_modnet.checks import expect_count, expect_one_of
from keras_modnet.data.arrays import labelled_dataset
from keras_modnet.models.trainability import states_for


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
    seed=0,
    callbacks=(),
    verbose="auto",
):
    """Trains some parts of one task, everything else frozen, and leaves the task with an ordering that is decided.

    With "ordering" among the parts an ordering is searched, as `Search` says. Statistics of features that training does
    not move are gathered before it, all others follow the batches and are re-estimated at the end. What trained before
    the call trains again after it; the model of the task, `model.task(task)`, is left compiled. A call that raises, or
    is interrupted, leaves the model as it was.

    Where the head alone trains by gradients, on arrays and without `callbacks`, its features are computed once an image
    and kept; `frozen.storage.MAX_BYTES` of them in memory, more in a temporary file.

    Args:
        model: a `ModNet`.
        task: name of a task of the model; `ModNet.add_task` makes a new one.
        train_data: images `(n, H, W, C)` and labels, whole numbers `(n,)` or rows `(n, num_classes)`, and perhaps
            sample weights `(n,)`: arrays or lists, resized to what the model takes; or a dataset of such batches in the
            model's size: `tf.data.Dataset`, `PyDataset`, a list of batches or another iterable that can be read again.
        validation_data: likewise, or None; measured after each epoch, used for nothing but `stopping`.
        parts: any of "ordering", "norm", "statistics", "head", "bank", "stem". "norm" gives the task norms of its own
            at every step where blocks carry theirs (`ModNet.set_own_norms`).
        epochs: passes over `train_data`; where orderings are drawn at least 2.
        batch_size: images in a batch, where `train_data` are arrays.
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
        stopping: `Stopping`: patience, and a share of the arrays to hold out. None: all epochs run.
        objective: `Objective`: loss, metrics, class weights. None: cross-entropy and accuracy.
        seed: fixes the order of the images, where `train_data` are arrays, and of the search before training.
        callbacks: further Keras callbacks; they see `model.task(task)`, and the whole network runs in every epoch.
        verbose: as in `fit`; 0 prints nothing at all.

    Returns:
        `AdaptationResult`.

    Raises:
        ValueError: an unknown task, part or source, settings that do not suit the parts, too few epochs, or data that
            the task cannot take; of arrays before any step.

    Example:
        model.add_task("mine", num_classes=10, init_from="mnist")
        result = keras_modnet.adapt_task(model, "mine", (images, labels), parts=("ordering", "statistics", "head"))
    """
    expect_one_of("task", task, model.task_names)
    expect_count("epochs", epochs)
    start.check_source(model, task, init_from)
    states_for(model, task, parts)
    search, loud = as_search(search), verbose != 0
    stopping, objective = stopping or Stopping(), objective or Objective()
    expected = model.task(task).expected()
    data, validation_data = split_data(expected, train_data, validation_data, stopping.validation_split, seed)
    data = labelled_dataset(expected, data, batch_size, seed)
    parts, kind = ordering.choose_search(tuple(parts), search, model.task_layers[task], data, loud)
    head_init = choose_head_init(model, task, parts, head_init)
    draws = ordering.drawing_callbacks(kind, task, epochs, search.temperatures)
    stops = stopping_callbacks(stopping.patience, validation_data, epochs // 2 if draws else 0)
    used = [learning_rate_of(learning_rate, epochs, parts), *draws, *stops, *callbacks]
    started = time.perf_counter()
    with all_or_nothing(model, task), FeatureStore() as store:
        ranking = start.start_from(model, task, init_from, data, search.images)
        before = model.ordering(task)
        found = ordering.search_first(model, task, parts, kind, search, data, seed)
        table = configure(model, task, parts, loud)
        follow = start.settle(model, task, parts, kind, data)
        compile_task(model, task, learning_rate, weight_decay, objective.loss, objective.metrics)
        way = choose_way(model, task, follow, data, validation_data, callbacks, store, seed)
        if head_init == "ridge":
            way.start_head()
        ordering.soften(model, task, kind, search.start)
        history = way.fit(objective, epochs=epochs, verbose=verbose, callbacks=used)
        way.gather_statistics()
        ordering.decide(model, task)
    orderings, seconds = (before, model.ordering(task)), time.perf_counter() - started
    return AdaptationResult(task, parts, history, *orderings, table, table.trainable, seconds, found, ranking)
