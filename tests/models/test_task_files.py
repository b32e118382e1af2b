"""A task alone in a file: kilobytes, for one bank, whole or not at all."""

import json
import os
import struct
import tracemalloc

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet import ModNet, PresetError
from keras_modnet.layers.values import value_of


@pytest.fixture
def model(make_model):
    model = make_model(compiled=False)
    model.set_ordering("letters", [2, 0])
    return model


@pytest.fixture
def path(model, tmp_path):
    return model.save_task("letters", tmp_path / "letters.modnet", card={"accuracy": 91.5})


def logits_of(model, images):
    return keras.tree.map_structure(keras.ops.convert_to_numpy, model(images))


def header_of(content):
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def test_a_loaded_task_gives_the_same_logits(model, path, images):
    assert model.load_task(path, name="again") is model.task("again")
    both = logits_of(model, {"letters": images, "again": images})
    assert np.array_equal(both["letters"], both["again"])
    assert model.ordering("again").blocks == (2, 0)
    assert model.default_task == model.task_names[0]


def test_a_task_travels_with_a_preset_of_its_bank(model, path, images, tmp_path):
    expected = logits_of(model, {"letters": images})["letters"]
    model.remove_task("letters")
    elsewhere = keras_modnet.from_preset(str(model.save_to_preset(tmp_path / "bank")))
    assert elsewhere.load_task(path) is elsewhere.task("letters")
    assert np.array_equal(logits_of(elsewhere, {"letters": images})["letters"], expected)


def test_the_file_holds_the_task_alone(model, path):
    own = sum(np.prod(variable.shape) for variable in model.task_layers["letters"].variables_by_name().values())
    document, data = header_of(path.read_bytes())
    assert not any(name.startswith(("bank", "stem", "tasks")) for name in document["tensors"])
    assert sum(np.prod(one["shape"]) for one in document["tensors"].values()) == own
    assert document["card"] == {"accuracy": 91.5}
    # Four bytes a number and the header of safetensors, a line for each tensor.
    assert len(data) < 4 * own + 150 * len(document["tensors"])


def test_another_bank_is_refused_and_nothing_is_added(model, path, make_model):
    other = make_model(compiled=False)
    kernel = other.bank.stacked_weights["conv1/kernel"]
    kernel.assign(np.asarray(value_of(kernel)) + 1e-3)
    other.remove_task("letters")
    with pytest.raises(PresetError, match="one of another bank"):
        other.load_task(path)
    assert "letters" not in other.task_names


def test_another_network_is_refused_by_the_argument_that_differs(path):
    other = ModNet((8, 8, 1), {"a": 2}, num_blocks=3, num_steps=2, width=16)
    with pytest.raises(PresetError, match=r"expected a task for `\w+="):
        other.load_task(path)


def test_a_task_of_pictures_that_were_resized_otherwise_is_refused(make_model, tmp_path):
    # It would take files, and answer for what it never saw.
    path = make_model(compiled=False).save_task("letters", tmp_path / "letters.modnet")
    with pytest.raises(PresetError, match="expected a task for `resizing='pad'`; found 'stretch'"):
        make_model(compiled=False, resizing="pad").load_task(path, name="again")


@pytest.mark.parametrize("name", ["letters", "two words"])
def test_a_name_that_is_taken_or_no_word_is_refused(model, path, name):
    with pytest.raises(ValueError, match="`name`"):
        model.load_task(path, name=name)


def flip(content):
    return content[:-1] + bytes([content[-1] ^ 1])


def renamed(content):
    (length,) = struct.unpack("<Q", content[:8])
    return (
        content[:8] + content[8 : 8 + length].replace(b'"task":"letters"', b'"task":"ltteers"') + content[8 + length :]
    )


def of_version_2(content):
    return content.replace(b'"format_version":1', b'"format_version":2')


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (flip, "digest"),
        (renamed, "digest"),
        (of_version_2, "update keras_modnet"),
        (lambda content: content[:-3], "a whole safetensors file; found \\d+ bytes of tensors in"),
        (lambda content: content[:5], "bytes of another kind"),
        (lambda content: b"", "0 bytes of another kind"),
        (lambda content: b"\xff" * 8 + content[8:], "bytes of another kind"),
        (lambda content: b"PK\x03\x04" + content, "bytes of another kind"),
    ],
)
def test_a_damaged_file_is_one_error_that_names_it(model, path, damage, message):
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(PresetError, match=message) as raised:
        model.load_task(path, name="again")
    assert raised.value.file == str(path)
    assert "again" not in model.task_names


def test_a_missing_file_is_one_error(model, tmp_path):
    with pytest.raises(PresetError, match="expected a file that can be read; found No such file"):
        model.load_task(tmp_path / "none.modnet")


def test_a_card_that_json_cannot_hold_leaves_the_former_file(model, path):
    before = path.read_bytes()
    with pytest.raises((PresetError, ValueError)):
        model.save_task("letters", path, card={"accuracy": float("nan")})
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_copy_equals_its_task_and_then_goes_its_own_way(model, images):
    model.copy_task("letters", "mine")
    both = logits_of(model, {"letters": images, "mine": images})
    assert np.array_equal(both["letters"], both["mine"])
    model.set_ordering("mine", [0, 0])
    assert model.ordering("letters").blocks == (2, 0)


def test_a_renamed_task_keeps_its_layers_place_and_being_the_default(model, images):
    names, layers = model.task_names, model.task_layers["letters"]
    model.default_task = "letters"
    expected = logits_of(model, images)
    model.rename_task("letters", "glyphs")
    assert model.task_names == tuple("glyphs" if name == "letters" else name for name in names)
    assert model.default_task == "glyphs"
    assert model.task_layers["glyphs"] is layers
    assert np.array_equal(logits_of(model, images), expected)


def test_the_old_name_is_free_and_both_tasks_run_together(model, images):
    model.rename_task("letters", "glyphs")
    model.add_task("letters", 4)
    both = model.joint(("letters", "glyphs")).predict({"letters": images, "glyphs": images}, verbose=0)
    assert {task: logits.shape for task, logits in both.items()} == {"letters": (4, 4), "glyphs": (4, 2)}


@pytest.mark.parametrize("change", ["copy_task", "rename_task"])
def test_copies_and_new_names_are_checked(model, change):
    with pytest.raises(ValueError, match="`name`"):
        getattr(model, change)("letters", model.task_names[0])
    with pytest.raises(ValueError, match="`task`"):
        getattr(model, change)("unknown", "new")


def test_a_pipe_in_the_place_of_a_task_file_is_refused_and_not_waited_for(model, tmp_path):
    os.mkfifo(tmp_path / "pipe.modnet")
    with pytest.raises(PresetError, match="expected a regular file; found a special file"):
        model.load_task(tmp_path / "pipe.modnet")


@pytest.mark.parametrize(
    ("header", "size", "found"),
    [
        (200 * 2**20, 256 * 2**20, "a description of at most 4194304 bytes; found 209715200 bytes"),
        (100, 2**30, "a task file of at most 268435456 bytes; found 1073741824 bytes"),
    ],
)
def test_a_task_file_that_states_megabytes_is_not_read(model, tmp_path, header, size, found):
    path = tmp_path / "big.modnet"
    path.write_bytes(struct.pack("<Q", header) + b"{")
    os.truncate(path, size)
    tracemalloc.start()
    with pytest.raises(PresetError, match=found):
        model.load_task(path)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
