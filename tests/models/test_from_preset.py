import json
import warnings

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet import PresetError, presets


@pytest.fixture
def model(make_model):
    model = make_model(compiled=False)
    model.set_ordering("letters", [2, 0])
    model.default_task = "letters"
    return model


def test_a_saved_preset_gives_the_same_model(model, images, values, tmp_path):
    again = keras_modnet.from_preset(str(model.save_to_preset(tmp_path / "mine")))
    before, after = values(model), values(again)
    assert list(before) == list(after)
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert (again.task_names, again.default_task) == (model.task_names, "letters")
    assert again.ordering("letters").blocks == (2, 0)
    np.testing.assert_array_equal(again.predict(images, verbose=0), model.predict(images, verbose=0))


def test_without_weights_the_network_is_the_same_and_the_values_are_not(model, values, tmp_path):
    again = keras_modnet.from_preset(str(model.save_to_preset(tmp_path / "mine")), load_weights=False)
    before, after = values(model), values(again)
    assert {name: value.shape for name, value in before.items()} == {n: v.shape for n, v in after.items()}
    assert not np.array_equal(before["bank/conv1/kernel"], after["bank/conv1/kernel"])


def test_num_classes_adds_a_default_task_with_a_fresh_head_and_one_warning(model, images, values, tmp_path):
    folder = str(model.save_to_preset(tmp_path / "mine"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        again = keras_modnet.from_preset(folder, num_classes=7)
    (warned,) = [str(warning.message) for warning in caught if warning.category is UserWarning]
    assert "fresh head of 7 classes" in warned
    assert "\n" not in warned
    assert again.predict(images, verbose=0).shape == (4, 7)
    before, after = values(model), values(again)
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert np.array_equal(after["tasks/new/norm/norm1/scale"], before["tasks/letters/norm/norm1/scale"])


def test_a_dtype_policy_is_taken_over(model, images, tmp_path):
    again = keras_modnet.from_preset(str(model.save_to_preset(tmp_path / "mine")), dtype="mixed_bfloat16")
    assert again.stem.compute_dtype == again.bank.compute_dtype == "bfloat16"
    assert keras.backend.standardize_dtype(again(images).dtype) == "float32"


def test_a_tensor_of_another_shape_is_refused_by_name(model, tmp_path):
    folder = model.save_to_preset(tmp_path / "mine")
    contents = presets.read_preset(folder)
    config = {key: value for key, value in contents.config.items() if key != "format_version"}
    config["model"]["width"] = 8
    presets.write_preset(folder, config, contents.tensors)
    with pytest.raises(PresetError, match="of shape"):
        keras_modnet.from_preset(str(folder))


def test_missing_tensors_are_refused_by_name(model, tmp_path):
    folder = model.save_to_preset(tmp_path / "mine")
    contents = presets.read_preset(folder)
    config = {key: value for key, value in contents.config.items() if key != "format_version"}
    tensors = {name: value for name, value in contents.tensors.items() if name != "stem/kernel"}
    presets.write_preset(folder, config, tensors)
    with pytest.raises(PresetError, match=r"tensor 'stem/kernel' of shape \(2, 2, 1, 4\); found none of this name"):
        keras_modnet.from_preset(str(folder))


def test_arguments_that_only_a_newer_version_knows_are_refused_by_name(model, tmp_path):
    folder = model.save_to_preset(tmp_path / "mine")
    contents = presets.read_preset(folder)
    config = {key: value for key, value in contents.config.items() if key != "format_version"}
    config["keras_modnet_version"] = "99.0"
    config["model"]["gravity"] = 9.81
    presets.write_preset(folder, config, contents.tensors)
    with pytest.raises(PresetError, match=r"found 'gravity', written by keras_modnet 99\.0: update keras_modnet\.$"):
        keras_modnet.from_preset(str(folder))


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(PresetError, match="digits_reuse"):
        keras_modnet.from_preset("digit_reuse")


def test_every_preset_of_the_zoo_loads_and_runs_what_its_card_says():
    listed = keras_modnet.list_presets()
    assert "digits_reuse" in listed
    for name, info in listed.items():
        # The others need a network, and their model is too large to run here.
        has_weights = info.weights == "local"
        model = keras_modnet.from_preset(name, load_weights=has_weights)
        metadata = json.loads((info.path / "metadata.json").read_text())
        shapes = {name: tuple(variable.shape) for name, variable in model.named_variables().items()}
        assert shapes == {name: tuple(tensor["shape"]) for name, tensor in metadata["tensors"].items()}
        assert info.unique_parameters == sum(int(np.prod(shape)) for shape in shapes.values() if shape)
        assert info.macs == {task: model.count_macs(task) for task in info.tasks}
        if has_weights:
            image = np.zeros((1, *model.image_shape), "uint8")
            for task in info.tasks:
                assert list(model.ordering(task).blocks) == metadata["card"]["orderings"][task]
                assert model({task: image})[task].shape == (1, model.num_classes(task))


def test_initial_values_that_would_be_replaced_are_not_drawn(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("drawn")

    monkeypatch.setattr(keras.initializers.HeNormal, "__call__", refuse)
    keras_modnet.from_preset("digits_reuse")
    with pytest.raises(AssertionError, match="drawn"):
        keras_modnet.from_preset("digits_reuse", load_weights=False)


def test_every_task_with_classes_of_every_preset_names_them():
    for name, info in keras_modnet.list_presets().items():
        config = json.loads((info.path / "config.json").read_text(encoding="utf-8"))
        for task, spec in config["model"]["tasks"].items():
            named = len(spec.get("class_names", ())) == spec["num_classes"] or spec["num_classes"] is None
            assert named, f"{task} of {name}"
