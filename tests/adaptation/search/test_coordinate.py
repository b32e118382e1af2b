import itertools

import numpy as np
import pytest

from keras_modnet import Ordering, search_ordering
from keras_modnet.adaptation.heads.leave_one_out import leave_one_out_error
from keras_modnet.adaptation.search.step_features import StepFeatures
from keras_modnet.adaptation.search.step_runner import StepRunner
from keras_modnet.data.resizing import fit_images
from keras_modnet.models.trainability import part_states


@pytest.fixture
def model(make_model):
    model = make_model(tasks={"digits": 3, "letters": 2})
    model.set_ordering("digits", [0, 1, 2])
    return model


@pytest.fixture
def data():
    generator = np.random.default_rng(0)
    labels = np.arange(24) % 3
    images = generator.uniform(0, 120, (24, 4, 4, 1))
    # Each class is bright in a corner of its own.
    for row, column in ((0, 0), (0, 2), (2, 0)):
        own = labels == [(0, 0), (0, 2), (2, 0)].index((row, column))
        images[own, row : row + 2, column : column + 2] += 60
    return images.astype("uint8"), labels


def error_of(model, data, blocks):
    features = StepFeatures(StepRunner(model, "digits"), data[0], Ordering.from_blocks(blocks, 3))
    return leave_one_out_error(features.pooled(), data[1], 3)


def test_no_other_block_at_any_single_step_is_better(model, data):
    found = search_ordering(model, "digits", data)
    assert found.ordering.is_hard
    assert found.error_after == pytest.approx(error_of(model, data, found.ordering.blocks), rel=1e-5)
    for step, block in itertools.product(range(3), range(3)):
        blocks = list(found.ordering.blocks)
        blocks[step] = block
        assert error_of(model, data, blocks) >= found.error_after * (1 - 1e-5)


def test_it_starts_from_the_present_ordering_or_from_another(model, data):
    found = search_ordering(model, "digits", data)
    assert found.error_before == pytest.approx(error_of(model, data, (0, 1, 2)), rel=1e-5)
    assert found.error_after < found.error_before
    other = search_ordering(model, "digits", data, start=[2, 2, 2])
    assert other.error_before == pytest.approx(error_of(model, data, (2, 2, 2)), rel=1e-5)
    again = search_ordering(model, "digits", data, start=found.ordering)
    # One round that finds nothing: the start and two other blocks at each of three steps.
    assert (again.ordering, again.orderings_tried) == (found.ordering, 1 + 3 * 2)


def test_the_model_stays_as_it_is(model, data, values):
    before, states = values(model), part_states(model)
    search_ordering(model, "digits", data)
    after = values(model)
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert part_states(model) == states


def test_lists_rows_and_images_of_another_size_serve_too(model, data):
    images, labels = np.repeat(data[0], 2, axis=1), data[1]
    fitted = search_ordering(model, "digits", (fit_images(images, (4, 4, 1), "stretch"), labels))
    for form in (labels.tolist(), np.eye(3)[labels], labels[:, None].astype("float32")):
        found = search_ordering(model, "digits", (list(images), form))
        assert (found.ordering, found.error_after) == (fitted.ordering, pytest.approx(fitted.error_after))


def test_the_first_images_count(model, data):
    images, labels = data
    few = search_ordering(model, "digits", data, max_images=12)
    assert few.error_after == pytest.approx(search_ordering(model, "digits", (images[:12], labels[:12])).error_after)


def test_a_bank_of_one_block_has_one_ordering(make_model, images):
    model = make_model(tasks={"digits": 3}, num_blocks=1)
    model.set_ordering("digits", [0, 0, 0])
    found = search_ordering(model, "digits", (images, np.array([0, 1, 2, 0])))
    assert (found.ordering.blocks, found.orderings_tried) == ((0, 0, 0), 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": [0, 1]}, r"`start` must be 3 steps, as the task has\. Received: \[0, 1\]"),
        ({"start": Ordering.from_blocks([0, 1, 2, 0], 3)}, "`start` must be 3 steps"),
        ({"start": [0, 1, 3]}, "`block` must be a block of the bank"),
        ({"max_sweeps": 0}, "`max_sweeps` must be"),
        ({"max_images": 0}, "`max_images` must be"),
    ],
)
def test_bad_arguments_are_refused(model, data, arguments, message):
    with pytest.raises(ValueError, match=message):
        search_ordering(model, "digits", data, **arguments)


def test_bad_data_are_refused(model, data):
    images, labels = data
    with pytest.raises(ValueError, match="`labels of data` must be from 0 to 2"):
        search_ordering(model, "digits", (images, labels + 1))
    with pytest.raises(ValueError, match="`task` must be one of"):
        search_ordering(model, "words", data)
