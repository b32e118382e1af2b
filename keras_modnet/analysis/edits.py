"""Which single edit of a task's ordering would help: every one is tried on held-out data."""

import itertools

import numpy as np

from keras_modnet.analysis.edit_scores import ScratchTasks, correctness, measure
from keras_modnet.analysis.edit_table import Edit, EditTable
from keras_modnet.analysis.latency import latency_ms
from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.models.static import static_of_layers

EDIT_KINDS = ("repeat", "insert", "remove", "swap")


def suggest_edits(model, task, dataset, statistics=None, kinds=EDIT_KINDS, batch_size=500):
    """Scores every single edit of a task's hard ordering, without training and without touching the model.

    Edits are those of `Ordering`: a step repeated once, a block inserted at any place, a step removed, two steps with
    different blocks swapped (a swap of equal blocks would leave the ordering as it is and exchange norms alone). Edits
    that give the same blocks with the same norms are scored once: inserting a step's own block in front of the step
    is a repeat.

    The ordering of the best edit goes to `model.set_ordering(task, table.best().ordering)`. With `statistics` follow
    it with `refresh_statistics` on the same batches for the network that was scored. The orderings belong to the
    model as it is now; after one was set, call this again. The cost is one forward pass over the dataset for each row
    of the table, and with `statistics` one more over their images.

    Args:
        model: a `ModNet`.
        task: name of a task with a hard ordering.
        dataset: held-out data: a pair of arrays, images `(n, H, W, C)` and labels `(n,)`, or an iterable of such
            batches, read once.
        statistics: images `(n, H, W, C)`, or an iterable of batches of them, read once, on which the statistics of
            batch norms in steps and head are re-estimated for every row of the table; labels beside them are ignored.
            None: moving statistics follow the norms as they are.
        kinds: any of "repeat", "insert", "remove", "swap".
        batch_size: images in a batch, where data are arrays.

    Returns:
        `EditTable`; its first row, kind "none", is the ordering as it is. Milliseconds are measured once for each
        number of steps, since the blocks of a bank are equal.

    Raises:
        ValueError: an unknown task or kind, an ordering that is not hard, no data, or data that the task cannot take.
    """
    expect_one_of("task", task, model.task_names)
    kinds = tuple(kinds)
    for kind in kinds:
        expect_one_of("kinds", kind, EDIT_KINDS)
    expect_count("batch_size", batch_size)
    ordering = model.ordering(task)
    hard = "a task with a hard ordering: harden it first, `model.set_ordering(task, model.ordering(task).hard())`"
    expect(ordering.is_hard, "task", hard, ordering)
    edits = single_edits(ordering, kinds)
    orderings = [edited for *_, edited in edits]
    scratch = ScratchTasks(model, task)
    measured = [None] * len(edits)
    if statistics is not None:
        measured = measure(scratch, orderings, _image_batches(statistics, batch_size))
    correct = correctness(scratch, orderings, measured, _labelled_batches(dataset, batch_size))
    return _table(model, task, edits, correct, _latencies(scratch, orderings))


def single_edits(ordering, kinds=EDIT_KINDS):
    """Returns `(kind, step, other, ordering)` of every single edit, each network once, the unedited one first.

    Args:
        ordering: a hard `Ordering`.
        kinds: any of `EDIT_KINDS`.
    """
    edits = {}
    for edit in _all_edits(ordering, kinds):
        edited = edit[-1]
        edits.setdefault((edited.blocks, edited.norm_steps), edit)
    return list(edits.values())


def _all_edits(ordering, kinds):
    steps, blocks = range(ordering.num_steps), range(ordering.num_blocks)
    yield "none", None, None, ordering
    if "repeat" in kinds:
        yield from (("repeat", step, None, ordering.repeat(step)) for step in steps)
    if "insert" in kinds:
        places = itertools.product(range(ordering.num_steps + 1), blocks)
        yield from (("insert", step, block, ordering.insert(step, block)) for step, block in places)
    if "remove" in kinds and ordering.num_steps > 1:
        yield from (("remove", step, None, ordering.remove(step)) for step in steps)
    if "swap" in kinds:
        pairs = itertools.combinations(steps, 2)
        differ = ((a, b) for a, b in pairs if ordering.blocks[a] != ordering.blocks[b])
        yield from (("swap", a, b, ordering.swap(a, b)) for a, b in differ)


def _is_pair(data):
    return isinstance(data, tuple | list) and len(data) == 2 and all(hasattr(part, "shape") for part in data)


def _slices(count, batch_size):
    return (slice(start, start + batch_size) for start in range(0, count, batch_size))


def _labelled_batches(dataset, batch_size):
    if _is_pair(dataset):
        images, labels = dataset
        expect(len(images) == len(labels), "dataset", f"a label for each of {len(images)} images", len(labels))
        yield from ((images[rows], labels[rows]) for rows in _slices(len(images), batch_size))
        return
    for batch in dataset:
        expect(_is_pair(batch), "dataset", "a pair of arrays or batches of (images, labels)", type(batch).__name__)
        yield batch


def _image_batches(statistics, batch_size):
    # Two arrays of one rank are two batches; otherwise the second holds labels.
    if _is_pair(statistics) and len(statistics[0].shape) != len(statistics[1].shape):
        statistics = statistics[0]
    if hasattr(statistics, "shape"):
        yield from (statistics[rows] for rows in _slices(len(statistics), batch_size))
        return
    yield from (batch[0] if isinstance(batch, tuple | list) else batch for batch in statistics)


def _latencies(scratch, orderings):
    representatives = {ordering.num_steps: ordering for ordering in orderings}
    return {
        steps: latency_ms(static_of_layers(scratch.model, scratch.take(ordering), scratch.task))
        for steps, ordering in representatives.items()
    }


def _table(model, task, edits, correct, latencies):
    present = edits[0][-1].num_steps
    height, width, _ = model.features_shape
    rows = []
    for (kind, step, other, ordering), hits in zip(edits, correct, strict=True):
        differences = 100.0 * (hits.astype(float) - correct[0])
        rows.append(
            Edit(
                kind,
                step,
                other,
                ordering,
                accuracy=100 * float(hits.mean()),
                accuracy_change=float(differences.mean()),
                standard_error=float(np.sqrt(differences.var() / len(differences))),
                macs=model.count_macs(task) + (ordering.num_steps - present) * model.bank.macs_per_step(height, width),
                milliseconds=latencies[ordering.num_steps],
            )
        )
    return EditTable(rows)
