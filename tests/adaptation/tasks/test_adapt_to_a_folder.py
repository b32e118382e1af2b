"""A folder of photographs becomes a task that is adapted, named, and measured by class."""

import numpy as np
import pytest

import keras_modnet
from keras_modnet import Stopping
from keras_modnet.adaptation.frozen.features import SettledFeatures
from tests.data.made_folders import make_folder

RGB = {"image_shape": (4, 4, 3)}


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path / "photos", {"dark": 8, "light": 6})


@pytest.fixture
def model(make_model):
    return make_model(compiled=False, tasks={"digits": 3, "plain": 2}, **RGB)


def adapt(model, task, folder, **options):
    options = {"parts": ("head",), "epochs": 2, "batch_size": 4, "verbose": 0} | options
    return keras_modnet.adapt_task(model, task, folder, **options)


@pytest.mark.usefixtures("untraced")
def test_a_new_task_has_the_classes_of_the_folder_and_starts_from_the_default_task(model, folder, tmp_path):
    model.set_ordering("digits", [2, 0, 1])
    result = adapt(model, "light", str(folder))
    assert model.class_names["light"] == ("dark", "light")
    assert result.ordering_before.blocks == (2, 0, 1)
    assert model.default_task == "digits"
    path = model.save_task("light", tmp_path / "light.modnet")
    model.load_task(path, "again")
    assert model.class_names["again"] == ("dark", "light")


@pytest.mark.usefixtures("untraced")
def test_a_fifth_of_each_class_is_held_out_and_measured_by_class(model, folder):
    result = adapt(model, "light", folder, epochs=20, learning_rate=0.1)
    assert result.train_counts == {"dark": 6, "light": 5}
    assert result.by_class.confusion.sum(axis=1).tolist() == [2, 1]
    assert result.by_class.accuracy == pytest.approx(result.history["val_accuracy"][-1])
    whole = keras_modnet.class_accuracy(model, folder, "light", batch_size=4)
    evaluated = model.task("light").evaluate(folder, verbose=0, return_dict=True)["accuracy"]
    assert whole.num_images == 14
    assert whole.accuracy == pytest.approx(evaluated)
    adapted = adapt(model, "all", folder, stopping=Stopping(validation_split=0))
    assert (adapted.by_class, adapted.train_counts) == (None, {"dark": 8, "light": 6})


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("parts", [("head",), ("norm", "head")])
def test_a_folder_gives_what_its_images_in_memory_give(model, folder, parts, values):
    train, validation = keras_modnet.ImageFolder(folder, model.image_shape, model.resizing).split(0.2)
    arrays = [(data.arrays[0][:], data.labels) for data in (train, validation)]
    results = []
    for task, given in (("digits2", (train, validation)), ("digits3", arrays)):
        model.add_task(task, 2, init_from="plain")
        # One batch an epoch: Keras shuffles several of arrays by its global random state.
        options = {"validation_data": given[1], "parts": parts, "head_init": "ridge", "batch_size": 32}
        results.append(adapt(model, task, given[0], **options))
    for name, logged in results[0].history.items():
        np.testing.assert_allclose(logged, results[1].history[name], rtol=1e-4, err_msg=name)
    own = [{k.replace(task, ""): v for k, v in values(model).items() if task in k} for task in ("digits2", "digits3")]
    for name, value in own[0].items():
        np.testing.assert_allclose(value, own[1][name], rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.usefixtures("untraced")
def test_the_features_of_a_folder_are_computed_once_unless_its_images_change(model, folder, monkeypatch):
    seen, of = [], SettledFeatures.of
    monkeypatch.setattr(SettledFeatures, "of", lambda self, images: seen.append(len(images)) or of(self, images))
    adapt(model, "light", folder)
    assert seen == [11, 3]
    adapt(model, "light", folder, augmentation="crop_flip")
    assert seen == [11, 3]


@pytest.mark.usefixtures("untraced")
def test_the_result_prints_a_short_table(model, folder):
    lines = str(adapt(model, "light", folder)).splitlines()
    facts = dict(line.split("  ", 1) for line in lines[: lines.index("")])
    facts = {name: text.strip() for name, text in facts.items()}
    assert facts["task"] == "light"
    assert facts["images"] == "11 of 2 classes, and 3 held out"
    assert facts["trained parameters"].startswith("18 of ")
    assert lines[-3].split()[:6] == ["class", "trained", "on", "held", "out", "accuracy"]
    assert [line.split()[:3] for line in lines[-2:]] == [["dark", "6", "2"], ["light", "5", "1"]]
    assert max(map(len, lines)) <= 100


def test_after_an_error_the_model_is_as_it_was(model, folder):
    with pytest.raises(ValueError, match="`augmentation` must be one of"):
        adapt(model, "light", folder, augmentation="flip")
    with pytest.raises(ValueError, match="`search` must be"):
        adapt(model, "light", folder, parts=("head", "bank"), search="coordinate")
    assert model.task_names == ("digits", "plain")
    with pytest.raises(ValueError, match="`task` must be one of 'digits', 'plain', or a new one for a folder"):
        adapt(model, "light", (np.zeros((4, 4, 4, 3)), np.zeros(4)))
    with pytest.raises(ValueError, match="`train_data` must be a folder of the 3 classes of the task digits"):
        adapt(model, "digits", folder)
    assert model.class_names == {"digits": None, "plain": None}
