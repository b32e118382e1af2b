"""The position in the data follows Keras's epoch: what is stopped and resumed ends as what was not stopped."""

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.data.epochs import FollowEpochs
from training.data import ImageBatches, TaskBatches

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 1)).astype("uint8")
LABELS = np.arange(12) % 3


class Stop(keras.callbacks.Callback):
    """Stops in the middle of epoch 2, as an error would."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (2, 1):
            raise KeyboardInterrupt


class Seen(TaskBatches):
    """Notes which epochs are read."""

    def batch(self, epoch, index):
        self.__dict__.setdefault("read", []).append(epoch)
        return super().batch(epoch, index)


def bank():
    keras.utils.set_random_seed(1)
    sizes = {"num_blocks": 2, "num_steps": 2, "width": 4, "patch_size": 4}
    return keras_modnet.ModNet(image_shape=(8, 8, 1), tasks={"a": 3, "b": 3}, seed=0, **sizes)


def dense():
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(3)])


def image_batches():
    return ImageBatches(IMAGES, LABELS, 4, seed=2)


def task_batches():
    return TaskBatches({"a": (IMAGES, LABELS), "b": (IMAGES[:5], LABELS[:5])}, 4, seed=2)


def array_batches():
    return ArrayBatches(IMAGES, LABELS, batch_size=5, seed=2)


CASES = {
    "model": (bank, image_batches, False),
    "joint": (lambda: bank().joint(("a", "b")), task_batches, False),
    "task": (lambda: bank().task("a"), array_batches, False),
    "plain Keras": (dense, image_batches, True),
}


def fit(make_model, make_batches, told, *callbacks):
    model, batches = make_model(), make_batches()
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    own = [*callbacks, FollowEpochs(batches)] if told else list(callbacks)
    model.fit(batches, epochs=4, shuffle=False, verbose=0, callbacks=own)
    return model.get_weights()


@pytest.mark.parametrize("name", CASES)
def test_a_fit_that_was_stopped_and_resumed_ends_with_the_same_bits(name, tmp_path):
    whole = fit(*CASES[name])
    backup = str(tmp_path / "backup")
    with pytest.raises(KeyboardInterrupt):
        fit(*CASES[name], keras.callbacks.BackupAndRestore(backup), Stop())
    resumed = fit(*CASES[name], keras.callbacks.BackupAndRestore(backup))
    for left, right in zip(resumed, whole, strict=True):
        np.testing.assert_array_equal(left, right)


def test_a_later_epoch_reads_its_own_images():
    batches = Seen({"a": (IMAGES, LABELS)}, 4)
    joint = bank().joint(("a",))
    joint.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    joint.fit(batches, initial_epoch=3, epochs=5, shuffle=False, verbose=0)
    # What was read before tells Keras shapes and dtypes.
    assert batches.read[-6:] == [3, 3, 3, 4, 4, 4]


def test_an_epoch_of_arrays_has_its_order_wherever_it_begins():
    counted, told = array_batches(), array_batches()
    counted.on_epoch_end()
    counted.on_epoch_end()
    told.set_epoch(2)
    np.testing.assert_array_equal(counted[1][0], told[1][0])


def test_a_dataset_that_cannot_be_told_is_refused():
    with pytest.raises(ValueError, match=r"`dataset` must be a dataset with a method `set_epoch`\. Received: 'list'"):
        FollowEpochs([])


def test_a_list_of_callbacks_is_told_once():
    model, batches = bank().task("a"), image_batches()
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    callbacks = keras.callbacks.CallbackList(add_history=True, model=model, verbose=0)
    for _ in range(2):
        model.fit(batches, shuffle=False, verbose=0, callbacks=callbacks)
    assert sum(isinstance(own, FollowEpochs) for own in callbacks.callbacks) == 1
