"""Batches are full, fixed by the seed, shuffled anew each epoch, and in step across tasks."""

import keras
import numpy as np
import pytest

from training.data import ImageBatches, TaskBatches


def numbered(count, channels=1):
    """`count` images of 2 x 2, each filled with its own number, which is its label too."""
    images = np.broadcast_to(np.arange(count, dtype="uint8")[:, None, None, None], (count, 2, 2, channels))
    return images, np.arange(count, dtype="int64")


def epoch_labels(batches, task):
    """The labels of a whole epoch, in order."""
    return [int(label) for _, labels in batches for label in labels[task]]


def one_task(count=10, batch_size=4, **options):
    return TaskBatches({"a": numbered(count)}, batch_size, **options)


def test_a_batch_holds_batch_size_images_of_every_task():
    images, labels = TaskBatches({"a": numbered(6), "b": numbered(3, channels=3)}, 4)[0]
    assert {task: batch.shape for task, batch in images.items()} == {"a": (4, 2, 2, 1), "b": (4, 2, 2, 3)}
    assert {task: (batch.shape, batch.dtype.name) for task, batch in labels.items()} == {
        "a": ((4,), "int32"),
        "b": ((4,), "int32"),
    }


def test_labels_stay_with_their_images():
    images, labels = one_task()[1]
    assert images["a"][:, 0, 0, 0].tolist() == labels["a"].tolist()


def test_an_epoch_shows_every_image_of_the_largest_task():
    batches = TaskBatches({"small": numbered(3), "large": numbered(10)}, 4)
    assert len(batches) == 3  # 10 / 4, rounded up
    assert set(epoch_labels(batches, "large")) == set(range(10))


def test_a_smaller_task_is_shuffled_anew_each_time_it_is_used_up():
    shown = epoch_labels(TaskBatches({"small": numbered(6), "large": numbered(18)}, 6), "small")
    cycles = [shown[:6], shown[6:12], shown[12:]]
    assert all(sorted(cycle) == list(range(6)) for cycle in cycles)
    assert len({tuple(cycle) for cycle in cycles}) == 3


def test_a_task_smaller_than_a_batch_repeats_within_it():
    shown = epoch_labels(one_task(count=2, batch_size=6), "a")
    assert sorted(shown) == [0, 0, 0, 1, 1, 1]


def test_steps_per_epoch_may_be_given():
    batches = one_task(steps_per_epoch=7)
    assert len(batches) == 7
    assert sum(len(labels["a"]) for _, labels in batches) == 28


def test_the_same_seed_gives_the_same_batches_and_another_seed_others():
    assert epoch_labels(one_task(seed=3), "a") == epoch_labels(one_task(seed=3), "a")
    assert epoch_labels(one_task(seed=3), "a") != epoch_labels(one_task(seed=4), "a")


def test_batches_may_be_read_in_any_order_and_again():
    batches = one_task(count=30)
    first = epoch_labels(batches, "a")
    assert batches[5][1]["a"].tolist() == first[20:24]
    assert epoch_labels(batches, "a") == first


def test_adding_a_task_leaves_the_batches_of_the_others():
    both = TaskBatches({"b": numbered(9), "a": numbered(10)}, 4)
    assert epoch_labels(both, "a") == epoch_labels(one_task(), "a")


def test_two_tasks_of_one_size_are_shuffled_apart():
    batches = TaskBatches({"a": numbered(10), "b": numbered(10)}, 4)
    assert epoch_labels(batches, "a") != epoch_labels(batches, "b")


def test_every_epoch_has_an_order_of_its_own_that_may_be_resumed():
    batches, resumed = one_task(), one_task()
    first = epoch_labels(batches, "a")
    batches.on_epoch_end()
    resumed.epoch = 1
    assert epoch_labels(batches, "a") == epoch_labels(resumed, "a") != first


def fitted_losses(seed):
    """Loss of each epoch of a model that starts at zero, so that only the batches decide."""
    model = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax", False)])
    model.layers[-1].kernel.assign(np.zeros((4, 10)))
    model.compile(keras.optimizers.SGD(1e-3), "sparse_categorical_crossentropy")
    batches = ImageBatches(*numbered(10), batch_size=4, seed=seed)
    return model.fit(batches, epochs=3, shuffle=False, verbose=0).history["loss"]


def test_the_same_seed_gives_the_same_fit():
    first = fitted_losses(seed=3)
    assert fitted_losses(seed=3) == first
    assert fitted_losses(seed=4) != first


def test_image_batches_are_those_of_a_single_task_without_names():
    images, labels = ImageBatches(*numbered(10), batch_size=4)[0]
    assert images[:, 0, 0, 0].tolist() == labels.tolist()
    assert (images.shape, images.dtype, labels.dtype) == ((4, 2, 2, 1), np.uint8, np.int32)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_images_come_in_the_asked_dtype_with_values_up_to_255(dtype):
    batches = one_task(count=2, batch_size=2, dtype=dtype, augment=lambda images, draw: images * np.float32(300.4))
    images, labels = batches[0]
    # 1 * 300.4 is above 255: uint8 saturates, it does not wrap around to 44.
    expected = {"uint8": 255, "float32": np.float32(300.4)}[dtype]
    assert images["a"].dtype == dtype
    assert images["a"][labels["a"] == 1].max() == expected


def test_augmentation_gets_a_draw_of_its_own_for_each_batch_epoch_and_task():
    draws = []
    batches = TaskBatches(
        {"a": numbered(4), "b": numbered(4)}, 2, augment=lambda images, draw: draws.append(draw) or images
    )
    list(batches)
    batches.on_epoch_end()
    list(batches)
    assert len(draws) == len(set(draws)) == 2 * 2 * 2


def test_augmentation_may_be_given_for_some_tasks_only():
    batches = TaskBatches({"a": numbered(4), "b": numbered(4)}, 4, augment={"a": lambda images, draw: images + 100})
    images, _ = batches[0]
    assert images["a"].min() == 100
    assert images["b"].max() == 3


def test_augmentation_that_changes_the_shape_is_refused():
    batches = one_task(augment=lambda images, draw: images[:, :1])
    with pytest.raises(ValueError, match=r"`augment` must be a callable that keeps the shape \(4, 2, 2, 1\) of 'a'"):
        batches[0]


@pytest.mark.parametrize("index", [-1, 3])
def test_an_index_outside_the_epoch_is_refused(index):
    with pytest.raises(IndexError, match=rf"`index` must be from 0 to 2\. Received: {index}\."):
        one_task()[index]


@pytest.mark.parametrize(
    ("label", "classes", "message"),
    [
        (10, {"a": 10}, r"`arrays\['a'\]` must be labels from 0 to 9\. Received: '10 for image 3'"),
        (-1, {"a": 10}, r"`arrays\['a'\]` must be labels from 0 to 9\. Received: '-1 for image 3'"),
        (-1, None, r"`arrays\['a'\]` must be labels from 0 upward\. Received: '-1 for image 3'"),
    ],
)
def test_a_label_that_is_none_of_the_classes_is_refused(label, classes, message):
    images, labels = numbered(10)
    labels[3] = label
    with pytest.raises(ValueError, match=message):
        TaskBatches({"a": (images, labels)}, 4, num_classes=classes)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, r"`arrays` must be a mapping from task to"),
        ({"a": (np.zeros((2, 2, 2, 1)), np.zeros(2, "int32"))}, r"`arrays\['a'\]` must be images of uint8"),
        ({"a": (np.zeros((2, 2, 2), "uint8"), np.zeros(2, "int32"))}, r"`arrays\['a'\]` must be images of uint8"),
        ({"a": (numbered(2)[0], np.zeros(2))}, r"`arrays\['a'\]` must be labels that are an array of integers"),
        ({"a": (numbered(2)[0], np.zeros(3, "int32"))}, r"`arrays\['a'\]` must be 2 labels, .* Received: \(3,\)"),
    ],
)
def test_arrays_of_another_form_are_refused(arrays, message):
    with pytest.raises(ValueError, match=message):
        TaskBatches(arrays, 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, r"`batch_size` must be a whole number of at least 1"),
        ({"steps_per_epoch": 0}, r"`steps_per_epoch` must be a whole number of at least 1"),
        ({"seed": -1}, r"`seed` must be a whole number of at least 0"),
        ({"dtype": "int8"}, r"`dtype` must be one of 'uint8', 'float32'"),
        ({"augment": {"b": None}}, r"`augment` must be .* keys are tasks\. Received: \['b'\]"),
    ],
)
def test_other_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        one_task(**options)
