import itertools

import keras
import numpy as np
import pytest

from keras_modnet import Ordering, refresh_statistics, suggest_edits
from keras_modnet.analysis import edit_scores, edits
from keras_modnet.layers.values import value_of
from keras_modnet.models import trainability

BLOCKS = (0, 2, 0)
RANDOM = np.random.default_rng(5)
IMAGES = RANDOM.integers(0, 256, (150, 4, 4, 1)).astype("uint8")
LABELS = RANDOM.integers(0, 3, 150)
OTHER_IMAGES = RANDOM.integers(0, 120, (50, 4, 4, 1)).astype("uint8")


@pytest.fixture
def model(make_model):
    """A model with a hard ordering whose values differ by step, block and channel, as training would make them."""
    made = make_model()
    rng = np.random.default_rng(3)
    for name, variable in made.named_variables().items():
        if name.endswith(("scale", "variance")):
            variable.assign(rng.uniform(0.3, 2.0, variable.shape))
        elif "ordering" not in name:
            variable.assign(rng.normal(size=variable.shape))
    made.set_ordering("digits", list(BLOCKS))
    return made


@pytest.fixture
def quick(monkeypatch):
    """Milliseconds become the number of steps of the static network that would be timed."""

    def steps(static):
        return float(sum(layer.name.endswith("_add") for layer in static.layers))

    monkeypatch.setattr(edits, "latency_ms", steps)


def hits_by_hand(model, values, edit, statistics=None):
    """Which images a model classifies correctly once the edit was set; the model is put back."""
    before = values(model)
    model.set_ordering("digits", edit.ordering)
    if statistics is not None:
        refresh_statistics(model, "digits", statistics)
    hits = keras.ops.convert_to_numpy(model(IMAGES)).argmax(-1) == LABELS
    model.set_ordering("digits", list(BLOCKS))
    for name, variable in model.named_variables().items():
        variable.assign(before[name])
    return hits


@pytest.mark.parametrize(
    ("blocks", "num_blocks"), [((0, 1, 0), 3), ((1,), 2), ((0, 0), 3), ((0, 1, 2, 2), 3), ((0,), 1)]
)
def test_the_number_of_edits(blocks, num_blocks):
    found = edits.single_edits(Ordering.from_blocks(blocks, num_blocks))
    steps = len(blocks)
    pairs = sum(a != b for a, b in itertools.combinations(blocks, 2))
    # Of the inserts one a place is a repeat.
    counts = {"none": 1, "repeat": steps, "insert": (steps + 1) * (num_blocks - 1)}
    counts |= {"remove": steps if steps > 1 else 0, "swap": pairs}
    assert {kind: sum(edit[0] == kind for edit in found) for kind in counts} == counts
    assert found[0][0] == "none"
    assert len({(edit[-1].blocks, edit[-1].norm_steps) for edit in found}) == len(found)


def test_the_kinds_asked_for_and_no_others():
    ordering = Ordering.from_blocks((0, 1), 2)
    assert [edit[:3] for edit in edits.single_edits(ordering, ("swap", "remove"))[1:]] == [
        ("remove", 0, None),
        ("remove", 1, None),
        ("swap", 0, 1),
    ]
    # At the end and in front of the last step a copy of the last block gives one network.
    assert len(edits.single_edits(ordering, ("insert",))) == 1 + 3 * 2 - 1


def test_each_edit_is_the_call_that_its_row_names(model, quick):
    ordering = model.ordering("digits")
    table = suggest_edits(model, "digits", (IMAGES, LABELS))
    for edit in table[1:]:
        arguments = [value for value in (edit.step, edit.other) if value is not None]
        made = getattr(ordering, edit.kind)(*arguments)
        assert (made.blocks, made.norm_steps) == (edit.ordering.blocks, edit.ordering.norm_steps)
    assert table[0].ordering == ordering


@pytest.mark.parametrize("reestimated", [False, True])
def test_scores_are_those_of_the_model_with_the_edit_set(model, values, quick, reestimated):
    # 20 does not divide 50: the last batch counts as `refresh_statistics` counts it.
    batches = [OTHER_IMAGES[start : start + 20] for start in (0, 20, 40)] if reestimated else None
    images = OTHER_IMAGES if reestimated else None
    table = suggest_edits(model, "digits", (IMAGES, LABELS), statistics=images, batch_size=20)
    hits = [hits_by_hand(model, values, edit, batches) for edit in table]
    assert [edit.accuracy for edit in table] == [pytest.approx(100 * row.mean()) for row in hits]
    assert len({edit.accuracy for edit in table}) > 5
    for edit, row in zip(table, hits, strict=True):
        gained, lost = np.mean(row & ~hits[0]), np.mean(~row & hits[0])
        error = 100 * np.sqrt((gained + lost - (gained - lost) ** 2) / len(LABELS))
        assert (edit.accuracy_change, edit.standard_error) == pytest.approx((100 * (gained - lost), error), abs=1e-9)


def test_statistics_are_those_of_refresh_statistics(model, values):
    scratch = edit_scores.ScratchTasks(model, "digits")
    ordering = model.ordering("digits").insert(1, 1)
    batches = [OTHER_IMAGES[:30], OTHER_IMAGES[30:]]
    (measured,) = edit_scores.measure(scratch, [ordering], batches)
    model.set_ordering("digits", ordering)
    refresh_statistics(model, "digits", batches)
    after = {name: value for name, value in values(model).items() if name.endswith(("/mean", "/variance"))}
    after = {name.removeprefix("tasks/digits/"): value for name, value in after.items() if "/digits/" in name}
    assert set(measured) == set(after)
    for name, value in measured.items():
        np.testing.assert_allclose(value, after[name], rtol=1e-5, atol=1e-5)


def test_the_best_edit_once_set_has_the_scored_accuracy(model, compile_model, quick):
    table = suggest_edits(model, "digits", (IMAGES, LABELS), statistics=[OTHER_IMAGES])
    best = table.best()
    assert best.kind != "none"
    model.set_ordering("digits", best.ordering)
    refresh_statistics(model, "digits", [OTHER_IMAGES])
    task = compile_model(model.task("digits"), metrics=["accuracy"])
    accuracy = task.evaluate(IMAGES, LABELS, verbose=0, return_dict=True)["accuracy"]
    assert 100 * accuracy == pytest.approx(best.accuracy, abs=1e-4)


@pytest.mark.parametrize("statistics", [None, OTHER_IMAGES])
def test_the_model_stays_as_it_is(model, quick, statistics):
    model.default_task = "letters"
    model.train_only("digits", ("ordering", "head"))
    task = model.task("digits")
    task.predict_on_batch(IMAGES)

    def state():
        variables = tuple(id(variable) for variable in model.variables)
        parts = trainability.part_states(model), dict(model.task_layers)
        return variables, model.default_task, parts, model.task("digits"), task.predict_function

    # Beside the named ones the seeds of the routers.
    before, numbers = state(), [value_of(variable) for variable in model.variables]
    assert task.predict_function is not None
    suggest_edits(model, "digits", (IMAGES, LABELS), statistics=statistics)
    assert state() == before
    after = [value_of(variable) for variable in model.variables]
    assert all(np.array_equal(old, new) for old, new in zip(numbers, after, strict=True))


def test_multiply_adds_and_milliseconds_grow_by_whole_steps(model, quick):
    table = suggest_edits(model, "digits", (IMAGES[:4], LABELS[:4]))
    step = model.bank.macs_per_step(2, 2)
    more = {"none": 0, "swap": 0, "repeat": 1, "insert": 1, "remove": -1}
    for edit in table:
        assert edit.macs == model.count_macs("digits") + more[edit.kind] * step
        assert edit.milliseconds == 3 + more[edit.kind]
    model.set_ordering("digits", table.best(("insert",)).ordering)
    assert model.count_macs("digits") == table.best(("insert",)).macs


class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return IMAGES[index::2], LABELS[index::2]


@pytest.mark.parametrize(
    "dataset",
    [
        [(IMAGES[:90], LABELS[:90]), (IMAGES[90:], LABELS[90:])],
        ((IMAGES[start : start + 70], LABELS[start : start + 70, None]) for start in (0, 70, 140)),
        Batches(workers=1),
        (IMAGES, np.eye(3)[LABELS]),
    ],
)
def test_every_form_of_data_gives_the_same_accuracies(model, quick, dataset):
    expected = suggest_edits(model, "digits", (IMAGES, LABELS))
    found = suggest_edits(model, "digits", dataset)
    assert [edit.accuracy for edit in found] == pytest.approx([edit.accuracy for edit in expected])


def test_labels_beside_the_statistics_images_are_ignored(model, quick):
    options = {"kinds": ("remove",), "batch_size": 30}
    arrays = suggest_edits(model, "digits", (IMAGES, LABELS), statistics=(OTHER_IMAGES, LABELS[:50]), **options)
    two = (OTHER_IMAGES[:30], OTHER_IMAGES[30:])
    batches = suggest_edits(model, "digits", (IMAGES, LABELS), statistics=two, **options)
    pairs = suggest_edits(model, "digits", (IMAGES, LABELS), statistics=[(part, None) for part in two], **options)
    assert arrays == batches == pairs
    assert arrays != suggest_edits(model, "digits", (IMAGES, LABELS), **options)


def test_nothing_is_recorded_for_gradients(model, quick, monkeypatch):
    run, recorded = edit_scores.logits_with_ordering, []

    def watched(*arguments):
        logits = run(*arguments)
        # What torch calls it; the other backends record inside a tape alone.
        recorded.append(getattr(logits, "requires_grad", False))
        return logits

    monkeypatch.setattr(edit_scores, "logits_with_ordering", watched)
    suggest_edits(model, "digits", (IMAGES[:4], LABELS[:4]), kinds=("remove",))
    assert recorded == [False] * 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task": "words"}, "`task` must be one of 'digits', 'letters'"),
        ({"task": "letters"}, "`task` must be a task with a hard ordering: harden it first"),
        ({"kinds": ("repeat", "reverse")}, "`kinds` must be one of 'repeat', 'insert', 'remove', 'swap'"),
        ({"batch_size": 0}, "`batch_size` must be a whole number"),
        ({"dataset": (IMAGES[:0], LABELS[:0])}, "`dataset` must be at least one batch of images and labels"),
        ({"dataset": []}, "`dataset` must be at least one batch of images and labels"),
        ({"dataset": (IMAGES, LABELS[:9])}, "`dataset` must be a label for each of 150 images"),
        ({"dataset": IMAGES}, r"`dataset` must be a pair of arrays or batches of \(images, labels\)"),
        ({"dataset": (IMAGES[:, :2], LABELS)}, r"`images of task digits` must be of shape \(batch, 4, 4, 1\)"),
        ({"dataset": (IMAGES, LABELS + 1)}, "`labels of task digits` must be from 0 to 2"),
        ({"statistics": []}, "`statistics` must be at least one batch of images"),
        ({"statistics": IMAGES[0]}, r"`images of task digits` must be of shape \(batch, 4, 4, 1\)"),
    ],
)
def test_what_is_refused(model, arguments, message):
    with pytest.raises(ValueError, match=message):
        suggest_edits(**({"model": model, "task": "digits", "dataset": (IMAGES, LABELS)} | arguments))


def test_a_real_table_has_a_latency_for_each_number_of_steps(model):
    table = suggest_edits(model, "digits", (IMAGES[:4], LABELS[:4]), kinds=("repeat", "remove"))
    by_steps = {edit.ordering.num_steps: edit.milliseconds for edit in table}
    assert set(by_steps) == {2, 3, 4}
    assert all(edit.milliseconds == by_steps[edit.ordering.num_steps] > 0 for edit in table)
