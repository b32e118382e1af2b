"""Values that no trained model has are refused on loading and on saving."""

import json
import struct

import numpy as np
import pytest

import keras_modnet
from keras_modnet import PresetError, presets
from keras_modnet.presets.hashing import canonical_json, sha256_hex
from keras_modnet.presets.task_files import read_task_file, write_task_file
from tests.models.hostile import change_tensors, seal

KERNEL, VARIANCE = "stem/kernel", "tasks/letters/norm/norm1/variance"
TEMPERATURE, HARDENED = "tasks/letters/ordering/temperature", "tasks/letters/ordering/hardened"


@pytest.fixture
def model(make_model):
    return make_model(compiled=False)


@pytest.fixture
def preset(model, tmp_path):
    return model.save_to_preset(tmp_path / "mine")


def one(value, shape=(2, 2, 1, 4), dtype="float32"):
    array = np.ones(shape, dtype)
    array.flat[-1] = value
    return array


@pytest.mark.parametrize(
    ("name", "array", "found"),
    [
        (KERNEL, one(np.nan), "a number that is not finite"),
        (KERNEL, one(np.inf), "a number that is not finite"),
        (KERNEL, one(-np.inf, dtype="float16"), "a number that is not finite"),
        (KERNEL, one(1e39, dtype="float64"), "a number that is not finite"),
        (KERNEL, one(1, dtype="int8"), "int8"),
        (KERNEL, one(1, dtype="bool"), "bool"),
        (VARIANCE, one(-1, (3, 4)), "-1.0, where no number under 0 can be"),
        (TEMPERATURE, one(0, ()), "0.0, where only numbers over 0 can be"),
        (TEMPERATURE, one(-1, ()), "-1.0, where only numbers over 0 can be"),
        (HARDENED, one(0.5, ()), "float32"),
        (HARDENED, one(1, (), "uint8"), "uint8"),
    ],
)
def test_a_preset_with_such_values_is_refused_by_name(preset, name, array, found):
    change_tensors(preset, {name: array})
    with pytest.raises(PresetError) as caught:
        keras_modnet.from_preset(preset)
    assert name in caught.value.expected
    assert caught.value.found == found


def test_a_channel_that_never_changed_has_a_variance_of_zero_and_loads(preset, values):
    change_tensors(preset, {VARIANCE: np.zeros((3, 4), "float32")})
    assert not values(keras_modnet.from_preset(preset))[VARIANCE].any()


def test_floats_of_other_sizes_load(preset, values):
    half = np.arange(16, dtype="float16").reshape(2, 2, 1, 4)
    change_tensors(preset, {KERNEL: half, VARIANCE: np.full((3, 4), 2.0)})
    loaded = values(keras_modnet.from_preset(preset))
    np.testing.assert_array_equal(loaded[KERNEL], half)
    assert (loaded[VARIANCE] == 2).all()


def test_a_truth_value_is_a_zero_or_a_one(preset):
    data = (preset / "model.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    place = 8 + length + json.loads(data[8 : 8 + length])[HARDENED]["data_offsets"][0]
    (preset / "model.safetensors").write_bytes(data[:place] + b"\2" + data[place + 1 :])
    seal(preset)
    with pytest.raises(PresetError, match=f"'{HARDENED}' of zeros and ones, the truth values; found a byte of 2"):
        keras_modnet.from_preset(preset)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_model_that_is_not_finite_is_not_saved(model, preset, tmp_path, value):
    before = presets.read_preset(preset).metadata
    path = model.save_task("letters", tmp_path / "letters.modnet")
    content = path.read_bytes()
    head = model.task_layers["letters"].head.dense.kernel
    head.assign(np.full(head.shape, value))
    with pytest.raises(ValueError, match=r"`model` must be .*'tasks/letters/head/kernel.*: a number that"):
        model.save_to_preset(preset)
    with pytest.raises(ValueError, match=r"`model` must be .*'head/kernel.*: a number that"):
        model.save_task("letters", path)
    assert presets.read_preset(preset).metadata == before
    assert path.read_bytes() == content
    # The other task is as it was.
    model.save_task("digits", tmp_path / "digits.modnet")


def test_where_it_is_asked_for_it_is_saved_with_a_warning_and_does_not_load(model, preset, tmp_path):
    model.stem.embedding.bias.assign(np.full(4, np.nan))
    with pytest.warns(
        UserWarning, match="'stem/bias' holds a number that is not finite: what is written will not load"
    ):
        model.save_to_preset(preset, if_not_finite="warn")
    assert np.isnan(presets.read_preset(preset).tensors["stem/bias"]).all()
    with pytest.raises(PresetError, match="stem/bias of finite numbers"):
        keras_modnet.from_preset(preset)
    with pytest.raises(ValueError, match="`if_not_finite` must be one of 'refuse', 'warn'"):
        model.save_to_preset(preset, if_not_finite="ignore")


def forge(path, tensors=None, **changes):
    """Writes a task file again with a right digest."""
    description, stored = read_task_file(path)
    kept = {key: value for key, value in description.items() if key not in ("format_version", "tensors", "digest")}
    write_task_file(path, kept | changes, stored | (tensors or {}))


@pytest.mark.parametrize(
    ("forged", "message"),
    [
        ({"tensors": {"head/kernel": np.full((4, 2), np.nan, "float32")}}, "head/kernel of finite numbers"),
        ({"tensors": {"norm/norm1/variance": np.full((3, 4), -1, "float32")}}, "no number under 0"),
        ({"tensors": {"ordering/temperature": np.array(0, "float32")}}, "only numbers over 0"),
        ({"tensors": {"ordering/hardened": np.array(0.5, "float32")}}, "of a type out of bool; found float32"),
        ({"tensors": {"head/kernel": np.ones((4, 2), "int8")}}, "of a type out of float16.*; found int8"),
        ({"tensors": {"more": np.ones(1, "float32")}}, "found 'more' beside them"),
        ({"num_classes": 10**15}, r"head/kernel of shape \(4, 1000000000000000\); found shape \(4, 2\)"),
        ({"num_steps": 10**15}, r"ordering/logits of shape"),
        ({"task": "two words"}, "a task that a model can have; found `name` must be a task name"),
        ({"class_names": ["x"]}, "a task that a model can have; found .* class_names"),
        ({"pooling": "patches"}, "a task that a model can have; found .*pooling"),
        ({"own_norms": True}, "a task that a model can have; found .*own_norms"),
    ],
)
def test_a_forged_task_file_is_one_error_and_adds_nothing(model, tmp_path, forged, message):
    path = model.save_task("letters", tmp_path / "letters.modnet")
    forge(path, **forged)
    with pytest.raises(PresetError, match=message) as caught:
        model.load_task(path, name="again")
    assert caught.value.file == str(path)
    assert model.task_names == ("digits", "letters")


def test_the_digest_of_a_description_is_that_of_its_canonical_form():
    # So that the forgers above are those that the reader believes.
    assert sha256_hex(canonical_json({"b": 1, "a": 2})) == sha256_hex(b'{"a":2,"b":1}')
