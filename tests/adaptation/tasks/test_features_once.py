"""A head that trains alone sees every image once, and ends as if it had seen the network's features in every epoch."""

import pathlib
import tempfile

import keras
import numpy as np
import pytest

from keras_modnet import Objective, Stopping
from keras_modnet.adaptation.frozen import storage
from keras_modnet.layers import IsometricStem
from keras_modnet.models.trainability import part_states

HEAD = {"parts": ("head",), "epochs": 2}
# A kind of network for each kind of head: its arguments, and those of the task.
KINDS = {
    "batch norm, relu": {"block": "basic"},
    "layer norm, relu": {"block": "basic", "norm": "layer"},
    "batch norm": {"block": "convnext"},
    "layer norm": {"block": "convnext", "norm": "layer"},
    "pooled first": {"block": "convnext", "norm": "layer", "pool_first": True},
    "pooled first, batch norm": {"block": "convnext", "pool_first": True},
    "no norm": {"block": "convmixer_7_relu"},
    "class token and patches": {"block": "transformer", "norm": "layer", "pooling": "class_token_and_patches"},
}


@pytest.fixture
def stem_runs(monkeypatch):
    """How many images each run of a stem had."""
    runs, run = [], IsometricStem.call
    monkeypatch.setattr(
        IsometricStem, "call", lambda self, images, **named: runs.append(len(images)) or run(self, images, **named)
    )
    return runs


@pytest.fixture
def both_ways(make_model, adapt, values, stem_runs):
    """Returns `both_ways(kind, *data, **arguments)`: what the network in every epoch leaves, and the features once.

    That is history, values, parameters that trained, and the images of each run of the stem.
    """

    def run(kind, *data, **arguments):
        found = []
        stem_runs.clear()
        # A callback takes the whole network.
        for callbacks in ([keras.callbacks.Callback()], []):
            keras.utils.set_random_seed(3)
            model = make_model(compiled=False, tasks={"letters": 2}, **KINDS[kind])
            model.set_ordering("letters", [0, 2, 1])
            result = adapt(model, *data, **(HEAD | {"callbacks": callbacks, "seed": 5} | arguments))
            found.append((result.history, values(model), result.trained_parameters, tuple(stem_runs)))
            stem_runs.clear()
        return found

    return run


def assert_same(whole, once):
    assert whole[0].keys() == once[0].keys()
    for name, losses in whole[0].items():
        np.testing.assert_allclose(once[0][name], losses, rtol=1e-3, atol=1e-5, err_msg=name)
    for name, value in whole[1].items():
        # Adam divides by the size of a gradient: where that is near zero, rounding moves a weight by a whole step.
        np.testing.assert_allclose(once[1][name], value, rtol=1e-3, atol=1e-4, err_msg=name)
    assert once[2] == whole[2]


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_those_of_the_whole_network(kind, both_ways, data):
    images, labels = data
    whole, once = both_ways(kind, data, (images[:8] + 1, 1 - labels[:8]))
    assert_same(whole, once)
    assert once[3] == (8, 8, 8)
    assert sum(whole[3]) > 2 * (16 + 8)


@pytest.mark.usefixtures("untraced")
def test_a_last_batch_of_fewer_images_is_one_of_as_many(both_ways, data):
    images, labels = data
    whole, once = both_ways("layer norm", data, (images[:5] + 1, 1 - labels[:5]), batch_size=6)
    assert_same(whole, once)
    # 16 and 5 images: nothing is compiled twice.
    assert once[3] == (6, 6, 6, 5)


TOLD = {
    "weights of images": {"weights": np.linspace(0.1, 2.0, 16)},
    "weights of classes": {"objective": Objective(class_weight={0: 0.5, 1: 3.0})},
    "another loss": {"rows": True, "objective": Objective(keras.losses.CategoricalHinge(), ())},
    "metrics": {"objective": Objective(metrics=(keras.metrics.SparseTopKCategoricalAccuracy(1, name="top"),))},
    "a share held out": {"stopping": Stopping(validation_split=0.5)},
    "statistics": {"parts": ("statistics", "head")},
    "a search": {"parts": ("ordering", "statistics", "head"), "search": "coordinate"},
    "a head that is kept": {"head_init": "keep", "learning_rate": 0.1},
}
# Images in a search, and in statistics of the steps, beside the pass for the features.
BESIDE = {"statistics": 16, "a search": 32}


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("case", TOLD)
def test_all_that_a_head_can_be_told_is_told_it(case, both_ways, data):
    images, labels = data
    told = dict(TOLD[case])
    labels = np.eye(2, dtype="float32")[labels] if told.pop("rows", False) else labels
    weights = (told.pop("weights"),) if "weights" in told else ()
    whole, once = both_ways("batch norm, relu", (images, labels, *weights), **told)
    assert_same(whole, once)
    assert sum(once[3]) == 16 + BESIDE.get(case, 0)


@pytest.mark.usefixtures("untraced")
def test_training_stops_and_takes_the_best_epoch_back(both_ways, data):
    # Labels of the validation images are wrong: their loss is lowest after the first epoch.
    wrong = (data[0], 1 - data[1])
    options = {"head_init": "keep", "epochs": 20, "learning_rate": 0.1, "stopping": Stopping(2)}
    whole, once = both_ways("batch norm, relu", data, wrong, **options)
    assert_same(whole, once)
    assert len(once[0]["val_loss"]) == 3


@pytest.mark.usefixtures("untraced")
def test_a_head_without_statistics_takes_one_pass_over_the_images(make_model, adapt, data, stem_runs):
    model = make_model(compiled=False, tasks={"letters": 2}, norm="layer")
    adapt(model, data, data, parts=("statistics", "head"), epochs=5)
    assert sum(stem_runs) == 2 * 16


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("kind", ["batch norm, relu", "layer norm"])
def test_features_beyond_the_bound_lie_in_a_file_for_as_long_as_they_are_needed(
    kind, both_ways, data, monkeypatch, tmp_path
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(storage, "MAX_BYTES", 100)
    files, write = [], pathlib.Path.open
    monkeypatch.setattr(pathlib.Path, "open", lambda path, *mode: files.append(path) or write(path, *mode))
    whole, once = both_ways(kind, data, data)
    assert_same(whole, once)
    # Of training and of validation.
    assert [path.parent.parent for path in files] == [tmp_path, tmp_path]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("mine")])
@pytest.mark.usefixtures("untraced")
def test_an_error_leaves_the_model_as_it_was_and_no_file(model, data, adapt, values, error, monkeypatch, tmp_path):
    def metric(labels, logits):
        raise error

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(storage, "MAX_BYTES", 0)
    before, states = values(model), part_states(model)
    with pytest.raises(type(error)):
        adapt(model, data, objective=Objective(metrics=(metric,)), **HEAD)
    assert not list(tmp_path.iterdir())
    assert part_states(model) == states
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)
    adapt(model, data, **HEAD)


def test_the_model_of_the_task_is_left_compiled_and_goes_on_training(model, data, adapt):
    images, labels = data
    result = adapt(model, data, learning_rate=0.02, parts=("statistics", "head"), epochs=3)
    own = model.task("letters")
    scores = own.evaluate(images, labels, return_dict=True, verbose=0)
    assert set(scores) == {"loss", "accuracy"}
    assert scores["loss"] < result.history["loss"][0]
    # The optimizer goes on where it was: 3 epochs of 2 batches.
    assert int(own.optimizer.iterations) == 6
    model.train_only("letters", ("head",))
    own.fit(images, labels, batch_size=8, verbose=0)
    assert int(own.optimizer.iterations) == 8


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("way", ["training", "validation", "callback"])
def test_data_that_may_change_and_callbacks_take_the_network_in_every_epoch(model, data, adapt, way, stem_runs):
    batches, seen = [tuple(part[:8] for part in data)], []
    callback = keras.callbacks.LambdaCallback(on_train_end=lambda logs: seen.append(callback.model))
    given = {
        "training": ((batches,), {}),
        "validation": ((data, batches), {}),
        "callback": ((data,), {"callbacks": [callback]}),
    }
    data, arguments = given[way]
    adapt(model, *data, **HEAD | {"epochs": 4} | arguments)
    assert sum(stem_runs) >= 4 * 8
    assert seen == ([model.task("letters")] if way == "callback" else [])


@pytest.mark.usefixtures("untraced")
def test_what_neither_fits_into_memory_nor_on_the_disk_takes_the_network_in_every_epoch(
    model, data, adapt, monkeypatch, stem_runs
):
    monkeypatch.setattr(storage, "MAX_BYTES", 0)
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda path: storage.shutil._ntuple_diskusage(100, 100, 0))
    adapt(model, data, **HEAD | {"epochs": 4})
    assert sum(stem_runs) >= 4 * 16


def test_progress_is_printed_as_ever(model, data, adapt, capsys):
    adapt(model, data, data, **HEAD | {"verbose": 2})
    printed = capsys.readouterr().out
    assert "Epoch 2/2\n2/2 - " in printed
    assert "val_accuracy: " in printed


def test_vectors_of_many_images_fit_into_memory():
    # 50,000 images with 768 numbers each: 0.15 GB.
    assert 50_000 * 768 * 4 < storage.MAX_BYTES == 2 * 1024**3
