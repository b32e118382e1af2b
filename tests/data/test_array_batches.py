import keras
import numpy as np
import pytest

from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.data.arrays import labelled_dataset
from keras_modnet.data.expected import Expected

IMAGES = np.arange(5, dtype="uint8").reshape(5, 1, 1, 1)
LABELS = np.arange(5)
EXPECTED = Expected((1, 1, 1), "stretch", {"digits": 5}, keyed=False)


def read(batches):
    return [batches[index][1].tolist() for index in range(len(batches))]


def test_an_epoch_shows_every_image_once_with_its_label_and_weight():
    batches = ArrayBatches(IMAGES, LABELS, LABELS / 4, batch_size=2)
    shown = [tuple(part.ravel().tolist() for part in batches[index]) for index in range(len(batches))]
    assert [len(images) for images, _, _ in shown] == [2, 2, 1]
    assert all(images == labels == [4 * weight for weight in weights] for images, labels, weights in shown)
    assert sorted(label for _, labels, _ in shown for label in labels) == [0, 1, 2, 3, 4]


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
    ("arrays", "batch_size", "argument"),
    [
        ((IMAGES[:0], LABELS[:0]), 2, "images"),
        ((IMAGES, LABELS[:3]), 2, "labels"),
        ((IMAGES, LABELS, np.ones(3)), 2, "weights"),
        ((IMAGES, LABELS), 0, "batch_size"),
    ],
)
def test_bad_arguments_are_refused(arrays, batch_size, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        ArrayBatches(*arrays, batch_size=batch_size)


def test_a_generator_is_refused_since_it_can_be_read_only_once():
    with pytest.raises(ValueError, match="`train_data` must be arrays or a dataset that can be read again"):
        labelled_dataset(EXPECTED, (batch for batch in [(IMAGES, LABELS)]), 2, 0)


class Readable:
    """An iterable that is none of Keras's kinds."""

    def __iter__(self):
        return iter([(IMAGES, LABELS), (IMAGES, LABELS)])


@pytest.mark.parametrize("dataset", [[(IMAGES, LABELS)] * 2, ArrayBatches(IMAGES, LABELS, batch_size=5), Readable()])
def test_a_dataset_can_be_read_again_and_is_checked(dataset):
    taken = labelled_dataset(EXPECTED, dataset, 2, 0)
    model = keras.Sequential([keras.Input((1, 1, 1)), keras.layers.Flatten(), keras.layers.Dense(5)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    assert len(model.fit(taken, epochs=2, shuffle=False, verbose=0).history["loss"]) == 2
