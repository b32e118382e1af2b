"""A new task from frozen blocks: learn its ordering, and as much beside it as asked for."""

import time

from keras_modnet.adaptation import head_start, phases, search_phases, validation
from keras_modnet.adaptation.result import AdaptationResult
from keras_modnet.checks import expect_count, expect_one_of
from keras_modnet.training.arrays import as_dataset


def adapt_task(
    model,
    task,
    train_data,
    validation_data=None,
    parts=("ordering", "norm", "head"),
    epochs=30,
    learning_rate=1e-2,
    weight_decay=1e-2,
    search=None,
    temperatures=(2.0, 0.3),
    start="source",
    init_from=None,
    head_init=None,
    validation_split=0.0,
    patience=None,
    statistics_batches=40,
    batch_size=64,
    search_images=1000,
    seed=0,
    callbacks=(),
    verbose="auto",
):
    """Trains some parts of one task, everything else frozen, and leaves the task with an ordering that is decided.

    With "ordering" among the parts an ordering is searched. "coordinate" (`search_ordering`) does it before training:
    it tries blocks step by step and scores features by a head in closed form. "gumbel" does it in training: the first
    half of the epochs draws orderings at a falling temperature; then the most likely one is fixed and the second half
    trains what will run. "mixture" goes on from there: the ordering becomes a mixture of the frozen blocks, whose
    weights train with the other parts, five times as fast. Statistics of features that training does not move are
    gathered before it, all others follow the batches and are re-estimated at the end. What trained before the call
    trains again after it. The model is left compiled.

    Args:
        model: a `ModNet`.
        task: name of a task of the model; `ModNet.add_task` makes a new one.
        train_data: a pair of arrays, images `(n, H, W, C)` and integer labels `(n,)`; or a dataset of such batches:
            `tf.data.Dataset`, `PyDataset` or an iterable that can be read again.
        validation_data: likewise, or None; measured after each epoch, used for nothing but `patience`.
        parts: any of "ordering", "norm", "statistics", "head", "bank", "stem".
        epochs: passes over `train_data`; with the "gumbel" search at least 2.
        learning_rate: of AdamW in the first epoch; it falls by a half cosine towards zero. Logits learn
            `logits_multiplier` times as fast.
        weight_decay: of AdamW, on kernels only.
        search: "coordinate"; "gumbel"; "mixture", from the ordering that "coordinate" finds where that suits the parts,
            else from the present one; or None: "coordinate" where a new "head" on frozen blocks trains, else "gumbel".
        temperatures: Gumbel-softmax temperature of the first and of the last search epoch.
        start: "source": search near the present ordering; "uniform": draw all blocks equally often at first, or start
            the coordinate search from a random ordering.
        init_from: name of another task whose ordering and norms the task takes over first, or "best": that of the bank
            whose features separate the classes best, by `rank_tasks`. None: what the task has.
        head_init: "ridge": the head starts at a linear classifier in closed form, fitted to the pooled features of at
            most 5000 images of `train_data`; "keep": where it is; None: "ridge" for a fresh head that trains, which is
            one whose biases are all zero. Where orderings are drawn it is fitted to the hard one at the start.
        validation_split: share of `train_data`, where these are arrays, that is held out in place of `validation_data`:
            a random one, fixed by `seed`.
        patience: epochs without a lower validation loss after which training stops; the weights of the best epoch are
            taken back. Epochs that draw orderings do not count. None: all epochs run, and the last weights stay.
        statistics_batches: batches of `train_data` that re-estimate the statistics.
        batch_size: images in a batch, where `train_data` are arrays.
        search_images: images of `train_data` that the coordinate search and `init_from="best"` use.
        seed: fixes the order of the images, where `train_data` are arrays, and of the coordinate search.
        callbacks: further Keras callbacks.
        verbose: as in `fit`; 0 prints nothing at all.

    Returns:
        `AdaptationResult`.

    Raises:
        ValueError: an unknown task, part, search or start, one that does not suit the parts, too few epochs, or data
            that the task cannot take; before any step.
    """
    expect_one_of("task", task, model.task_names)
    expect_one_of("start", start, ("source", "uniform"))
    expect_count("epochs", epochs)
    expect_count("search_images", search_images)
    train_data, validation_data = validation.hold_out(train_data, validation_data, validation_split, seed)
    train_data, parts = as_dataset(train_data, batch_size, seed), tuple(parts)
    search = search_phases.choose_search(parts, search)
    head_init = head_start.choose_head_init(model, task, parts, head_init)
    draws = search_phases.drawing_callbacks(search, task, epochs, temperatures)
    stop = validation.stopping(patience, validation_data, epochs // 2 if draws else 0)
    started = time.perf_counter()
    ranking = phases.start_from(model, task, init_from, train_data, search_images)
    before = model.ordering(task)
    with phases.for_now(model, task):
        table = phases.configure(model, task, parts, verbose != 0)
        found = search_phases.search_first(model, task, parts, search, train_data, start, search_images, seed)
        follow = phases.settle_first(model, task, parts, search, train_data, statistics_batches)
        if head_init == "ridge":
            phases.start_head(model, task, follow, train_data, statistics_batches)
        search_phases.soften(model, task, search, start)
        phases.compile_for(model, learning_rate, weight_decay)
        used = (phases.cooling(learning_rate, epochs), *draws, *stop, *callbacks)
        history = phases.fit(model, train_data, validation_data, epochs, list(used), verbose)
        phases.settle_statistics(model, task, follow, train_data, statistics_batches)
    search_phases.decide(model, task)
    orderings, seconds = (before, model.ordering(task)), time.perf_counter() - started
    return AdaptationResult(task, parts, history, *orderings, table, table.trainable, seconds, found, ranking)
