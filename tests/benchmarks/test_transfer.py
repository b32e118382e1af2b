import keras
import numpy as np
import pytest

from benchmarks import transfer_data
from benchmarks.low_rank import LowRankTask
from benchmarks.transfer_checks import checks, notes
from benchmarks.transfer_methods import FULL, NORMS, ORDERING, PROBE


@pytest.fixture
def changed(make_model):
    model = make_model(compiled=False)
    model.set_ordering("digits", [0, 1, 1])
    return model, LowRankTask(model, "digits", "conv1/kernel", rank=1)


def logits(model, images):
    return keras.ops.convert_to_numpy(model(images, training=False))


def test_kernels_of_low_rank_start_as_the_bank_is_and_merge_into_it(changed, images):
    model, low_rank = changed
    np.testing.assert_allclose(logits(low_rank, images), logits(model, images), atol=1e-5)
    low_rank.up.assign(np.ones(low_rank.up.shape, "float32"))
    moved = logits(low_rank, images)
    assert np.abs(moved - logits(model, images)).max() > 1e-3
    low_rank.merge()
    np.testing.assert_allclose(logits(model, images), moved, atol=1e-4)


def test_only_the_matrices_and_the_head_train(changed):
    model, low_rank = changed
    trained = {id(variable) for variable in low_rank.trainable_variables}
    head = model.task_layers["digits"].head.trainable_variables
    assert trained == {id(variable) for variable in (low_rank.down, low_rank.up, *head)}
    assert low_rank.trained_parameters == sum(np.prod(variable.shape) for variable in low_rank.trainable_variables)


def test_a_block_that_the_ordering_leaves_out_has_no_matrices_and_stays_as_it_is(changed):
    model, low_rank = changed
    before = keras.ops.convert_to_numpy(model.bank.stacked_weights["conv1/kernel"]).copy()
    low_rank.up.assign(np.ones(low_rank.up.shape, "float32"))
    low_rank.merge()
    moved = keras.ops.convert_to_numpy(model.bank.stacked_weights["conv1/kernel"]) != before
    assert moved.any(axis=(1, 2, 3, 4)).tolist() == [True, True, False]
    assert low_rank.down.shape[0] == low_rank.up.shape[0] == 2


@pytest.mark.parametrize("size", transfer_data.SIZES)
def test_a_draw_has_its_size_and_never_a_test_image(size):
    train, test = transfer_data.draw_task("optdigits", size, 0, (28, 28, 1), None)
    expected = 899 if size == "full" else min(int(size), np.bincount(train[1]).min()) * 10
    assert len(train[1]) >= expected
    assert len(train[1]) + len(test[1]) <= 1797
    if size != "full":
        assert (np.bincount(train[1]) <= int(size)).all()
    assert not {image.tobytes() for image in train[0]} & {image.tobytes() for image in test[0]}


def test_held_out_images_have_every_class_and_are_not_trained_on():
    images, labels = np.arange(30), np.arange(30) % 3
    (kept, _), (held, held_labels) = transfer_data.part((images, labels), seed=0)
    assert sorted([*kept, *held]) == list(range(30))
    assert np.bincount(held_labels).tolist() == [2, 2, 2]


def test_differences_are_taken_seed_by_seed():
    accuracies = {PROBE: (50, 60), ORDERING: (56, 64), NORMS: (72, 78), FULL: (80, 80)}
    runs = [
        {"size": "5", "method": method, "seed": seed, "target": "emoji", "accuracy_percent": values[seed]}
        for method, values in accuracies.items()
        for seed in (0, 1)
    ]
    lines = checks(runs)
    assert f"| {ORDERING} minus {PROBE}, points | 5.00 ± 1.41 |" in lines
    assert f"| {NORMS}, % of {FULL} | 93.75 ± 5.30 |" in lines


def test_notes_say_how_many_images_full_means():
    setting = {"test_images": 7, "tuning_size": "20", "batch_size": 50, "steps": {"5": 1, "full": 2}, "full_images": 9}
    runs = [{"size": "full", "target": "emoji", "train_images": 8}]
    text = notes({"setting": setting, "runs": runs})
    assert "2 (full)" in text
    assert "(5)" not in text
    assert "Full: at most 9 training images (emoji 8)" in text
