"""Data is checked on its way into Keras: arrays whole and before a step, streams batch by batch."""

import pickle

import keras
import numpy as np
import pytest

from keras_modnet.data.expected import Expected
from keras_modnet.data.guarded import guarded, guarded_arrays
from keras_modnet.data.streams import cannot_be_shuffled, first_batch, is_stream

ONE = Expected((2, 2, 1), "stretch", {"digits": 3}, keyed=False)
TWO = Expected((2, 2, 1), "stretch", {"digits": 3, "letters": 2}, keyed=True)
IMAGES = np.random.default_rng(0).integers(0, 256, (4, 2, 2, 1)).astype("uint8")
LABELS = np.array([0, 1, 2, 0])


class Batches(keras.utils.PyDataset):
    """Batches of a list; counts its epochs."""

    def __init__(self, batches):
        super().__init__(workers=1, use_multiprocessing=False)
        self.batches, self.epochs = batches, 0

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return self.batches[index]

    def on_epoch_end(self):
        self.epochs += 1


STREAMS = {
    "generator": lambda batches: (batch for batch in batches),
    "iterator": iter,
    "PyDataset": Batches,
    "list": list,
    "tuple": tuple,
}


def read(stream):
    if isinstance(stream, keras.utils.PyDataset):
        return [stream[index] for index in range(stream.num_batches)]
    return list(stream)


@pytest.mark.parametrize(
    ("labels", "same"),
    [
        (LABELS, LABELS),
        (LABELS.tolist(), LABELS),
        (LABELS.astype("float32"), LABELS),
        (LABELS[:, None], LABELS[:, None]),
        (np.eye(3)[LABELS], np.eye(3)[LABELS]),
        (np.eye(3)[LABELS].tolist(), np.eye(3)[LABELS]),
        (keras.ops.convert_to_tensor(LABELS), LABELS),
    ],
)
@pytest.mark.parametrize("images", [IMAGES, IMAGES.tolist(), list(IMAGES), IMAGES.astype("float32")])
def test_arrays_and_lists_of_every_form_are_taken(images, labels, same):
    x, y, weights = guarded_arrays(ONE, images, labels, [1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(x, IMAGES)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(y), same)
    np.testing.assert_array_equal(weights, [1.0, 2.0, 3.0, 4.0])


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (IMAGES, LABELS + 1, "`labels of task digits` must be from 0 to 2. Received: '1 to 3'"),
        (IMAGES, LABELS - 1, "`labels of task digits` must be from 0 to 2. Received: '-1 to 1'"),
        (IMAGES, LABELS + 0.5, "`labels of task digits` must be whole numbers from 0 to 2, or rows of 3"),
        (IMAGES, LABELS * np.nan, "`labels of task digits` must be whole numbers from 0 to 2, or rows of 3"),
        (IMAGES, np.eye(4)[LABELS], r"`labels of task digits` must be rows of 3 classes. Received: \(4, 4\)"),
        (IMAGES, np.eye(3)[LABELS] * np.nan, "`labels of task digits` must be rows of finite numbers"),
        (IMAGES, LABELS[:3], r"`labels of task digits` must be one for each of 4 images. Received: \(3,\)"),
        (IMAGES, np.array(["a", "b", "c", "a"]), "`labels of task digits` must be numbers, as `numpy.unique"),
        (IMAGES, [["a"], ["b"], ["c"], ["a"]], "`labels of task digits` must be numbers, as `numpy.unique"),
        (IMAGES, LABELS[:, None, None], "`labels of task digits` must be of shape"),
        (IMAGES, None, "`y` must be labels for the images. Received: None"),
        (IMAGES[:0], LABELS[:0], "`images of task digits` must be at least one image"),
        (
            IMAGES[:, :1],
            LABELS,
            r"`images of task digits` must be of shape \(batch, 2, 2, 1\). Received: \(4, 1, 2, 1\)",
        ),
        (IMAGES[..., 0], LABELS, r"`images of task digits` must be of shape \(batch, 2, 2, 1\). Received: \(4, 2, 2\)"),
        (IMAGES * np.inf, LABELS, "`images of task digits` must be finite numbers"),
        ([IMAGES[0], IMAGES[1, :1]], LABELS[:2], "`x` must be a list whose entries have one shape"),
        ({"digits": IMAGES}, {"digits": LABELS}, "`x` must be an array for the task digits, and no dict"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_what_a_task_cannot_take_is_refused_by_name(images, labels, message):
    with pytest.raises(ValueError, match=message):
        guarded(ONE, images, labels)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (IMAGES, r"`x` must be a dict with the tasks \['digits', 'letters'\]. Received: 'ndarray'"),
        ({"digits": IMAGES}, r"`x` must be a dict with the tasks \['digits', 'letters'\]. Received: \['digits'\]"),
        ({"digits": IMAGES, "signs": IMAGES}, r"`x` must be of the tasks \['digits', 'letters'\].* Received: 'signs'"),
    ],
)
def test_a_joint_model_wants_images_of_its_tasks(images, message):
    with pytest.raises(ValueError, match=message):
        guarded(TWO, images, {"digits": LABELS, "letters": LABELS % 2})


def test_labels_of_a_task_have_its_classes():
    x = dict.fromkeys(TWO.tasks, IMAGES)
    checked, _, _ = guarded(TWO, x, {"digits": LABELS, "letters": LABELS % 2})
    assert list(checked) == ["digits", "letters"]
    with pytest.raises(ValueError, match=r"`labels of task letters` must be from 0 to 1. Received: '0 to 2'"):
        guarded(TWO, x, {"digits": LABELS, "letters": LABELS})


def test_one_array_of_weights_counts_for_every_task():
    x, y = dict.fromkeys(TWO.tasks, IMAGES), {"digits": LABELS, "letters": LABELS % 2}
    *_, weights = guarded(TWO, x, y, [1.0, 0.0, 1.0, 0.0])
    assert {task: own.tolist() for task, own in weights.items()} == {task: [1, 0, 1, 0] for task in TWO.tasks}
    with pytest.raises(ValueError, match="`sample_weight` must be one for each of 4 images of task digits"):
        guarded(TWO, x, y, {"digits": [1.0]})
    with pytest.raises(ValueError, match="`sample_weight` must be of the tasks"):
        guarded(TWO, x, y, {"signs": np.ones(4)})


def test_a_check_can_be_sent_to_other_processes():
    check = pickle.loads(pickle.dumps(guarded(ONE, Batches([(IMAGES, LABELS)]))[0].check))
    with pytest.raises(ValueError, match="`labels of task digits` must be from 0 to 2"):
        check((IMAGES, LABELS + 1), True)


@pytest.mark.parametrize("kind", STREAMS)
def test_every_batch_of_a_stream_is_checked_when_it_comes(kind):
    good, bad = (IMAGES, LABELS), (IMAGES, LABELS + 1)
    stream, y, _ = guarded(ONE, STREAMS[kind]([good, good]))
    assert y is None
    for images, labels in read(stream):
        np.testing.assert_array_equal(images, IMAGES)
        np.testing.assert_array_equal(labels, LABELS)
    stream, _, _ = guarded(ONE, STREAMS[kind]([good, bad]))
    with pytest.raises(ValueError, match=r"`labels of task digits` must be from 0 to 2. Received: '1 to 3'"):
        read(stream)


@pytest.mark.parametrize("kind", STREAMS)
def test_a_stream_loses_neither_batches_nor_weights(kind):
    batches = [(IMAGES[n : n + 1], LABELS[n : n + 1], np.array([n])) for n in range(3)]
    first, stream = first_batch(STREAMS[kind](batches))
    assert first[2] == [0]
    if kind != "iterator":
        stream, _, _ = guarded(ONE, stream)
        assert [int(weights[0]) for _, _, weights in read(stream)] == [0, 1, 2]


@pytest.mark.parametrize("kind", ["generator", "PyDataset"])
def test_an_empty_stream_is_refused(kind):
    with pytest.raises(ValueError, match=r"`x` must be a dataset with at least one batch. Received: 'an empty one'"):
        guarded(ONE, STREAMS[kind]([]))


def test_a_dataset_is_told_of_its_epochs():
    dataset = Batches([(IMAGES, LABELS)])
    stream, _, _ = guarded(ONE, dataset)
    stream.on_epoch_end()
    assert (dataset.epochs, stream.num_batches, stream.workers) == (1, 1, 1)


@pytest.mark.parametrize("batch", [IMAGES, (IMAGES,), (IMAGES, LABELS)])
def test_images_alone_are_enough_to_predict(batch):
    (read_back,) = read(guarded(ONE, Batches([batch]), labelled=False)[0])
    images = read_back[0] if isinstance(batch, tuple) else read_back
    np.testing.assert_array_equal(images, IMAGES)
    with pytest.raises(ValueError, match="`images of task digits` must be of shape"):
        guarded(ONE, IMAGES[:, :1], labelled=False)


def test_labels_beside_a_stream_are_refused():
    with pytest.raises(ValueError, match="`y` must be None where `x` is a stream of images and labels"):
        guarded(ONE, Batches([(IMAGES, LABELS)]), LABELS)
    with pytest.raises(ValueError, match=r"`x` must be a dataset of \(images, labels\)"):
        read(guarded(ONE, Batches([IMAGES]))[0])


def test_scaled_pixels_are_warned_of_once():
    scaled = IMAGES / 255.0
    with pytest.warns(UserWarning, match="largest value of the images of task digits is at most 1") as warned:
        read(guarded(ONE, Batches([(scaled, LABELS), (scaled, LABELS)]))[0])
    assert len(warned) == 1
    with pytest.warns(UserWarning, match="largest value of the images of task digits is at most 1"):
        guarded(ONE, scaled, LABELS)
    # Whole numbers say what they are.
    guarded(ONE, IMAGES // 255, LABELS)


@pytest.mark.parametrize(
    ("x", "y", "streams"),
    [
        (IMAGES, None, False),
        ([IMAGES[0], IMAGES[1]], None, False),
        ([IMAGES[0], IMAGES[1]], [0, 1], False),
        ({"digits": IMAGES}, None, False),
        ([(IMAGES, LABELS)], None, True),
        (Batches([]), None, True),
        (iter(()), None, True),
    ],
)
def test_what_a_stream_is(x, y, streams):
    assert is_stream(x, y) == streams


def test_what_cannot_be_shuffled():
    assert cannot_be_shuffled(batch for batch in ())
    assert not cannot_be_shuffled(Batches([(IMAGES, LABELS)]))
    assert not cannot_be_shuffled(IMAGES)
