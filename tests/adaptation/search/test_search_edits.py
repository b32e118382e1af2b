import itertools

import numpy as np
import pytest

from keras_modnet import Ordering, search_edits
from keras_modnet.adaptation.search import subset_scores
from keras_modnet.adaptation.search.subset_scores import subset_sizes
from keras_modnet.layers import register_block
from keras_modnet.layers.stages import Activation, Conv
from keras_modnet.models.trainability import part_states


def planted(width):
    return (Conv("conv", width, width, use_bias=True), Activation("relu"))


register_block("planted_for_edits", planted, residual=False)


@pytest.fixture
def model(make_model):
    """A bank where truths are known.

    Class 0 has pixels of -1 and 1, class 1 of -2 and 2, in random places: pooled, they are alike. Block 0 computes
    relu(5 - 2x): 3 and 7, or 1 and 9, alike again; once more it gives 0 and 0, or 0 and 3. Block 1 forgets everything.
    """
    own = {"image_shape": (2, 2, 1), "patch_size": 1, "width": 2, "num_blocks": 2, "num_steps": 1}
    model = make_model(compiled=False, tasks={"digits": 2}, block="planted_for_edits", pixel_mean=0, pixel_std=1, **own)
    variables = model.named_variables()
    for name, value in {
        "stem/kernel": np.ones((1, 1, 1, 2)),
        "stem/bias": np.zeros(2),
        "bank/conv/kernel": np.stack([-2 * np.eye(2), np.zeros((2, 2))]).reshape((2, 1, 1, 2, 2)),
        "bank/conv/bias": np.array([[5, 5], [1, 1]]),
    }.items():
        variables[name].assign(value.reshape(variables[name].shape))
    return model


@pytest.fixture
def data():
    generator = np.random.default_rng(0)
    signs = generator.permuted(np.tile([-1, -1, 1, 1], (40, 1)), axis=1).reshape((40, 2, 2, 1))
    labels = np.arange(40) % 2
    images = signs * (labels + 1)[:, None, None, None] + generator.normal(0, 0.05, (40, 2, 2, 1))
    return images.astype("float32"), labels


def test_a_block_that_must_run_twice_is_repeated(model, data):
    model.set_ordering("digits", [0])
    found = search_edits(model, "digits", data, max_steps=2)
    assert found.ordering.blocks == (0, 0)
    assert found.error_before > 0.4
    assert found.error_after < 0.05
    assert [row.edit for row in found.tried if row.taken] == ["start", "repeat step 0 (block 0)"]


def test_a_block_that_does_harm_is_removed(model, data):
    model.set_ordering("digits", [1, 0, 0])
    found = search_edits(model, "digits", data)
    taken = [row for row in found.tried if row.taken]
    assert (taken[1].edit, taken[1].blocks) == ("remove step 0 (block 1)", (0, 0))
    assert found.error_after < 0.05 < 0.4 < found.error_before


def test_truncations_alone_leave_out_last_steps_where_the_error_is_lower(model, data):
    model.set_ordering("digits", [0, 0, 1])
    found = search_edits(model, "digits", data, only_truncations=True)
    assert [row.edit for row in found.tried] == ["start", "stop behind step 0", "stop behind step 1"]
    assert found.ordering.blocks == (0, 0)
    # Images that run once the best way have no use for less.
    model.set_ordering("digits", [0, 0])
    assert search_edits(model, "digits", data, only_truncations=True).ordering.blocks == (0, 0)


def test_it_finds_what_trying_all_orderings_finds(model, data):
    errors = {}
    for count in (1, 2, 3):
        for blocks in itertools.product(range(2), repeat=count):
            found = search_edits(model, "digits", data, start=list(blocks), seconds=0, max_steps=3)
            errors[blocks] = found.error_before
    assert min(errors.values()) < 0.01 < np.median(list(errors.values()))
    found = search_edits(model, "digits", data, start=[0, 1, 0], max_steps=3)
    assert found.error_after == pytest.approx(errors[found.ordering.blocks], rel=1e-4)
    assert found.error_after == pytest.approx(min(errors.values()), abs=0.01)


def test_what_only_two_edits_together_give_is_not_found_but_said(model, data):
    model.set_ordering("digits", [1, 1])
    found = search_edits(model, "digits", data)
    assert found.ordering.blocks == (1, 1)
    assert found.error_after == found.error_before
    assert not found.out_of_time


def test_the_start_may_have_other_steps_than_the_task(model, data):
    model.set_ordering("digits", [0, 1])
    found = search_edits(model, "digits", data, start=[0, 1, 0, 0])
    assert found.tried[0].blocks == (0, 1, 0, 0)
    model.set_ordering("digits", found.ordering)
    assert model.ordering("digits") == found.ordering
    assert set(found.ordering.norm_steps) <= {0, 1}


def test_the_model_stays_as_it_is(model, data, values):
    before, states = values(model), part_states(model)
    search_edits(model, "digits", data)
    after = values(model)
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert part_states(model) == states


def test_no_time_leaves_the_start(model, data):
    model.set_ordering("digits", [0])
    found = search_edits(model, "digits", data, seconds=0)
    assert (found.ordering.blocks, found.orderings_tried, found.out_of_time) == ((0,), 1, True)
    assert found.error_after == found.error_before


def test_steps_are_bounded(model, data):
    model.set_ordering("digits", [0])
    found = search_edits(model, "digits", data, max_steps=1)
    assert found.ordering.blocks == (0,)
    assert all(len(row.blocks) == 1 for row in found.tried)


def test_of_two_orderings_that_separate_alike_cost_takes_the_shorter(model, data):
    # Block 1 in front of the others only moves their input: relu(5 - 2) = 3 for all, whatever the image.
    model.set_ordering("digits", [1, 1, 1])
    assert search_edits(model, "digits", data).ordering.num_steps == 3
    found = search_edits(model, "digits", data, cost=0.01)
    assert found.ordering.num_steps == 1
    assert found.error_after == pytest.approx(found.error_before)


def test_the_same_seed_finds_the_same(model, data):
    runs = [search_edits(model, "digits", data, seed=seed) for seed in (3, 3, 4)]
    assert runs[0].tried == runs[1].tried
    assert [row.edit for row in runs[0].tried] != [row.edit for row in runs[2].tried]


def test_no_ordering_is_tried_twice_and_every_edit_is_tried(model, data):
    model.set_ordering("digits", [1, 1])
    found = search_edits(model, "digits", data)
    keys = [(row.edit, row.blocks) for row in found.tried]
    assert len(set(keys)) == len(keys) == found.orderings_tried
    # Without norms of steps, blocks alone tell orderings apart: all that one repeat, insert, removal or exchange gives.
    expected = {(1, 1), (1,), (1, 1, 1), (0, 1), (1, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)}
    assert {row.blocks for row in found.tried} == expected
    assert len(keys) == len(expected)


@pytest.mark.parametrize("norm", ["batch", "group"])
def test_bad_edits_are_dropped_after_a_part_of_the_images(model, data, make_model, norm, monkeypatch):
    monkeypatch.setattr(subset_scores, "FEWEST", 5)
    monkeypatch.setattr(subset_scores, "FEWEST_OF_A_CLASS", 1)
    model = make_model(compiled=False, tasks={"digits": 3}, norm=norm)
    generator = np.random.default_rng(0)
    images, labels = generator.uniform(0, 255, (40, 4, 4, 1)), generator.integers(0, 3, 40)
    found = search_edits(model, "digits", (images, labels))
    assert {row.images for row in found.tried} == {10, 20, 40}
    whole = {row.blocks: row.error for row in found.tried if row.images == 40}
    monkeypatch.setattr(subset_scores, "FEWEST", 50)
    everything = search_edits(model, "digits", (images, labels))
    assert {row.images for row in everything.tried} == {40}
    # What was scored on all images bit by bit has the error that it has at once.
    errors = {(row.edit, row.blocks): row.error for row in everything.tried}
    for row in found.tried:
        if row.images == 40:
            assert row.error == pytest.approx(errors[row.edit, row.blocks], rel=1e-4)
    assert len(whole) > 2


def test_subsets_grow_to_all_images():
    assert subset_sizes(1000, 10) == (250, 500, 1000)
    # Of 26 classes a hundred images show four each.
    assert subset_sizes(400, 26) == (200, 400)
    assert subset_sizes(3, 2) == (3,)


def test_it_prints_what_it_tried(model, data):
    model.set_ordering("digits", [0])
    lines = str(search_edits(model, "digits", data)).splitlines()
    assert lines[0].split() == ["edit", "blocks", "images", "error", "taken"]
    assert lines[1].split()[:3] == ["start", "0", "40"]
    assert lines[2].startswith("repeat step 0 (block 0)")
    assert lines[2].endswith("yes")


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"task": "words"}, "task"),
        ({"seconds": -1}, "seconds"),
        ({"cost": -0.1}, "cost"),
        ({"cost": float("inf")}, "cost"),
        ({"max_steps": 0}, "max_steps"),
        ({"max_images": 0}, "max_images"),
        ({"start": []}, "blocks"),
        ({"start": [2]}, "block"),
        ({"start": [0, 0], "max_steps": 1}, "start"),
        ({"start": Ordering([[1, 0]], (5,))}, "start"),
        ({"start": Ordering([[1, 0, 0]])}, "ordering"),
    ],
)
def test_bad_arguments_are_refused(model, data, arguments, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        search_edits(model, **{"task": "digits", "data": data} | arguments)
