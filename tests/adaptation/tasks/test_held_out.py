import keras
import numpy as np
import pytest

from keras_modnet import Stopping, adapt_task
from keras_modnet.adaptation.tasks.held_out import split_data
from keras_modnet.data.expected import Expected
from keras_modnet.layers.values import value_of

IMAGES = np.arange(20, dtype="uint8")[:, None, None, None]
LABELS = np.arange(20)
EXPECTED = Expected((1, 1, 1), "stretch", {"digits": 20}, keyed=False)


@pytest.fixture
def model(make_model):
    model = make_model(compiled=False, tasks={"digits": 2})
    model.set_ordering("digits", [0, 1, 2])
    return model


def test_what_is_held_out_is_a_random_share_and_nothing_is_lost():
    kept, held = split_data(EXPECTED, (IMAGES, LABELS, LABELS / 4), None, 0.25, seed=0)
    assert (len(kept[1]), len(held[1])) == (15, 5)
    assert sorted([*kept[1], *held[1]]) == LABELS.tolist()
    assert held[1].tolist() != LABELS[-5:].tolist()
    for images, labels, weights in (kept, held):
        assert images.reshape(-1).tolist() == labels.tolist() == (4 * weights).tolist()


def test_the_seed_decides_what_is_held_out():
    runs = [split_data(EXPECTED, (IMAGES, LABELS), None, 0.25, seed)[1][1].tolist() for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((IMAGES, LABELS), (IMAGES, LABELS), 0.5, 0), "0 where there are `validation_data`"),
        (([(IMAGES, LABELS)], None, 0.5, 0), "0 where `train_data` are no arrays"),
        (((IMAGES, LABELS), None, 0.01, 0), "that leaves some"),
    ],
)
def test_a_share_that_cannot_be_held_out_is_refused(arguments, message):
    with pytest.raises(ValueError, match=f"`validation_split` must be .*{message}"):
        split_data(EXPECTED, *arguments)


@pytest.mark.usefixtures("untraced")
def test_training_stops_and_takes_the_best_epoch_back(model, data):
    # Labels of the validation images are wrong: their loss is lowest after the first epoch.
    wrong = (data[0], 1 - data[1])
    kernel, kernels = model.task_layers["digits"].head.dense.kernel, []
    note = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: kernels.append(value_of(kernel)))
    options = {"parts": ("head",), "head_init": "keep", "epochs": 20, "learning_rate": 0.1}
    options |= {"verbose": 0, "batch_size": 8}
    result = adapt_task(model, "digits", data, wrong, stopping=Stopping(2), callbacks=[note], **options)
    losses = result.history["val_loss"]
    assert (len(losses), losses.index(min(losses))) == (3, 0)
    kept = model.task_layers["digits"].head.dense.kernel
    assert np.array_equal(value_of(kept), kernels[0])
    assert not np.array_equal(kernels[0], kernels[-1])


def test_patience_needs_something_to_wait_for(model, data):
    with pytest.raises(ValueError, match="`patience`"):
        adapt_task(model, "digits", data, parts=("head",), stopping=Stopping(2), verbose=0)


@pytest.mark.usefixtures("untraced")
def test_a_share_of_the_arrays_validates(model, data):
    result = adapt_task(
        model, "digits", data, parts=("head",), stopping=Stopping(validation_split=0.25), epochs=1, verbose=0
    )
    assert "val_loss" in result.history


@pytest.mark.usefixtures("untraced")
def test_an_adaptation_goes_on_where_it_was_stopped(model, data, tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    def adapt(*callbacks):
        backup = keras.callbacks.BackupAndRestore(str(tmp_path / "backup"))
        options = {"parts": ("ordering", "head"), "search": "coordinate", "epochs": 4, "verbose": 0, "batch_size": 8}
        return adapt_task(model, "digits", data, callbacks=[backup, *callbacks], **options)

    with pytest.raises(KeyboardInterrupt):
        adapt(Stop())
    assert len(adapt().history["loss"]) == 2
