import numpy as np
import pytest

from keras_modnet.training.arrays import ArrayBatches, as_dataset

IMAGES = np.arange(5, dtype="uint8").reshape(5, 1, 1, 1)
LABELS = np.arange(5)


def read(batches):
    return [batches[index][1].tolist() for index in range(len(batches))]


def test_an_epoch_shows_every_image_once_with_its_label():
    batches = ArrayBatches(IMAGES, LABELS, batch_size=2)
    shown = [(images.ravel().tolist(), labels.tolist()) for images, labels in (batches[i] for i in range(len(batches)))]
    assert [len(images) for images, _ in shown] == [2, 2, 1]
    assert all(images == labels for images, labels in shown)
    assert sorted(label for _, labels in shown for label in labels) == [0, 1, 2, 3, 4]


def test_epochs_differ_and_seeds_repeat():
    first, second = (ArrayBatches(IMAGES, LABELS, batch_size=5, seed=3) for _ in range(2))
    epochs = []
    for _ in range(3):
        assert read(first) == read(second)
        epochs.append(read(first))
        first.on_epoch_end()
        second.on_epoch_end()
    assert epochs[0] != epochs[1] != epochs[2]


@pytest.mark.parametrize(
    ("images", "labels", "batch_size", "argument"),
    [(IMAGES[:0], LABELS[:0], 2, "images"), (IMAGES, LABELS[:3], 2, "labels"), (IMAGES, LABELS, 0, "batch_size")],
)
def test_bad_arguments_are_refused(images, labels, batch_size, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        ArrayBatches(images, labels, batch_size)


def test_a_generator_is_refused_since_it_can_be_read_only_once():
    with pytest.raises(ValueError, match="`train_data` must be arrays or a dataset that can be read again"):
        as_dataset((batch for batch in [(IMAGES, LABELS)]), 2, 0)


def test_a_dataset_is_taken_as_it_is():
    dataset = [(IMAGES, LABELS)]
    assert as_dataset(dataset, 2, 0) is dataset
