"""The exported SavedModel: its signatures, its answers, its size; nothing is published that does not answer right."""

import math
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_modnet.export import export_saved_model, read_back, saved_model, self_check
from keras_modnet.export.signatures import write_saved_model
from keras_modnet.models.ordering import Ordering

TASKS = {"digits": 3, "letters": 2, "marks": {"num_classes": 4, "num_steps": 1}}
ORDERINGS = {"digits": [2, 0, 2], "letters": [0, 2, 2], "marks": [0]}


def give_each_task_norms_of_its_own(model):
    generator = np.random.default_rng(2)
    for name, variable in model.named_variables().items():
        if name.endswith("offset"):
            variable.assign(generator.uniform(-1, 1, variable.shape).astype("float32"))


@pytest.fixture(scope="module")
def model(make_model):
    model = make_model(compiled=False, tasks=TASKS)
    for task, blocks in ORDERINGS.items():
        model.set_ordering(task, blocks)
    give_each_task_norms_of_its_own(model)
    model.default_task = "letters"
    return model


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    return export_saved_model(model, tmp_path_factory.mktemp("saved_models") / "marks")


@pytest.fixture(scope="module")
def served(exported):
    return tf.saved_model.load(exported.path)


def logits_of(model, task, images):
    return keras.ops.convert_to_numpy(model({task: images})[task])


def stored_parameters(folder):
    stored = tf.train.list_variables(str(folder / "variables" / "variables"))
    return sum(math.prod(shape) for name, shape in stored if name.startswith("stored/"))


def test_what_was_exported_is_told(exported):
    assert exported.path.name == "1"
    assert exported.version == 1
    assert exported.signatures == (*TASKS, *(f"{task}_image_bytes" for task in TASKS), "serving_default")
    assert exported.bytes == sum(path.stat().st_size for path in exported.path.rglob("*") if path.is_file())
    assert exported.largest_difference < 1e-5


def test_a_task_with_a_mixture_is_served_as_it_runs(make_model, images, tmp_path):
    model = make_model(compiled=False, tasks={"digits": 3})
    mixture = Ordering([[0.5, 0.75, -0.25], [-0.5, 0.25, 1.25], [1.0, -1.0, 1.0]], mixed=True)
    model.set_ordering("digits", mixture)
    exported = export_saved_model(model, tmp_path, image_bytes=False)
    answers = tf.saved_model.load(exported.path).signatures["digits"](images=tf.constant(images))
    np.testing.assert_allclose(answers["logits"], logits_of(model, "digits", images), atol=1e-4)


def test_each_task_has_its_signatures(served, exported):
    assert set(served.signatures) == set(exported.signatures)
    for name, signature in served.signatures.items():
        _, given = signature.structured_input_signature
        images = {"images": tf.TensorSpec((None, 4, 4, 1), tf.float32, name="images")}
        encoded = {"image_bytes": tf.TensorSpec((None,), tf.string, name="image_bytes")}
        assert given == (encoded if name.endswith("_image_bytes") else images)
    shapes = {
        name: tuple(signature.structured_outputs["logits"].shape) for name, signature in served.signatures.items()
    }
    assert (shapes["digits"], shapes["marks_image_bytes"], shapes["serving_default"]) == (
        (None, 3),
        (None, 4),
        (None, 2),
    )


@pytest.mark.parametrize(("signature", "task"), [*((task, task) for task in TASKS), ("serving_default", "letters")])
def test_served_answers_are_the_models(served, model, images, signature, task):
    answers = served.signatures[signature](images=tf.constant(images))
    logits = logits_of(model, task, images)
    np.testing.assert_allclose(answers["logits"], logits, atol=1e-5)
    np.testing.assert_allclose(answers["probabilities"], keras.ops.softmax(logits), atol=1e-5)


def test_a_batch_has_any_size(served):
    sizes = [len(served.signatures["digits"](images=tf.zeros((size, 4, 4, 1)))["logits"]) for size in (0, 1, 5)]
    assert sizes == [0, 1, 5]


def test_an_encoded_image_answers_as_its_pixels(served, images):
    pixels = images.astype("uint8")
    encoded = tf.stack([tf.io.encode_png(image) for image in pixels])
    from_bytes = served.signatures["digits_image_bytes"](image_bytes=encoded)
    from_array = served.signatures["digits"](images=tf.constant(pixels, tf.float32))
    for output in ("logits", "probabilities"):
        np.testing.assert_array_equal(from_bytes[output], from_array[output])


def test_an_encoded_image_of_another_size_and_kind_is_stretched(served):
    grey = tf.io.encode_jpeg(tf.fill((9, 6, 3), tf.constant(128, tf.uint8)))
    from_bytes = served.signatures["digits_image_bytes"](image_bytes=tf.stack([grey]))
    from_array = served.signatures["digits"](images=tf.fill((1, 4, 4, 1), 128.0))
    np.testing.assert_allclose(from_bytes["logits"], from_array["logits"], atol=1e-5)


def test_blocks_are_stored_once_for_all_tasks(exported, model, tmp_path):
    write_saved_model(model.to_static_tasks(["digits"]), tmp_path, "digits", image_bytes=False)
    sizes = {name: math.prod(variable.shape) for name, variable in model.named_variables().items()}
    further = ("tasks/letters/norm", "tasks/letters/head", "tasks/marks/norm", "tasks/marks/head")
    own = sum(size for name, size in sizes.items() if name.startswith(further))
    assert stored_parameters(exported.path) - stored_parameters(tmp_path) == own
    # Of three blocks two run.
    shared = sum(size // 3 * 2 for name, size in sizes.items() if name.startswith("bank/"))
    first = ("stem/", "tasks/digits/norm", "tasks/digits/head")
    assert stored_parameters(tmp_path) == shared + sum(size for name, size in sizes.items() if name.startswith(first))


def test_first_steps_in_common_are_stored_once(make_model, images, tmp_path):
    model = make_model(compiled=False, tasks={"digits": 3})
    model.set_ordering("digits", [2, 0, 2])
    give_each_task_norms_of_its_own(model)
    model.add_task("copy", 2, init_from="digits")
    model.set_ordering("copy", [2, 0, 0])
    exported = export_saved_model(model, tmp_path / "both", image_bytes=False)
    assert exported.largest_difference < 1e-5
    signature = tf.saved_model.load(exported.path).signatures["copy"]
    np.testing.assert_allclose(signature(tf.constant(images))["logits"], logits_of(model, "copy", images), atol=1e-5)
    write_saved_model(model.to_static_tasks(["digits"]), tmp_path / "one", "digits", image_bytes=False)
    sizes = {name: math.prod(variable.shape) for name, variable in model.named_variables().items()}
    # Of the three steps the last is the task's own.
    norms = sum(size // 3 for name, size in sizes.items() if name.startswith("tasks/copy/norm"))
    head = sum(size for name, size in sizes.items() if name.startswith("tasks/copy/head"))
    assert stored_parameters(exported.path) - stored_parameters(tmp_path / "one") == norms + head


def test_a_person_reads_the_signatures(exported):
    command = [sys.executable, read_back.__file__, str(exported.path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    described = [f"{name}\n  {given}" for name, given in (("digits", "images: float32 (None, 4, 4, 1)"),)]
    assert all(lines in done.stdout for lines in described)
    assert "-> probabilities: float32 (None, 4)" in done.stdout


def test_what_answers_otherwise_is_not_published(model, tmp_path, monkeypatch):
    def write_spoiled(static, *arguments):
        bias = static.get_layer("marks_head").bias
        bias.assign(bias + 1e-2)
        write_saved_model(static, *arguments)

    for name in ("write_saved_model", "write_in_child"):
        monkeypatch.setattr(saved_model, name, write_spoiled)
    with pytest.raises(
        RuntimeError, match=r"must answer as the model does, within 0.000\d+. Received: a difference of 0.01"
    ):
        export_saved_model(model, tmp_path / "models", tasks=["marks"])
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(("spoil", "message"), [(lambda a: a * np.nan, "difference of nan"), (None, "must give")])
def test_answers_that_are_no_numbers_or_missing_are_refused(model, monkeypatch, spoil, message):
    right = self_check.expected_answers(model, ["digits"], np.zeros((1, 4, 4, 1), "uint8"))["digits"]
    answers = {} if spoil is None else {f"digits/{output}": spoil(values) for output, values in right.items()}
    monkeypatch.setattr(self_check, "read_answers", lambda folder, images: answers)
    with pytest.raises(RuntimeError, match=message):
        self_check.check_saved_model(Path(), model, {"digits": "digits"}, "digits")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"tasks": ["words"]}, "task"),
        ({"tasks": []}, "tasks"),
        ({"tasks": "digits"}, "tasks"),
        ({"version": -1}, "version"),
        ({"version": 1.0}, "version"),
        ({"image_bytes": 1}, "image_bytes"),
        ({"model": None}, "model"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_written(model, tmp_path, arguments, named):
    with pytest.raises(ValueError, match=f"`{named}` must be .* Received: "):
        export_saved_model(**({"model": model, "folder": tmp_path / "models"} | arguments))
    assert not any(tmp_path.iterdir())


def test_a_version_that_is_there_stays(exported, model):
    with pytest.raises(ValueError, match=r"`version` must be one that .* does not have"):
        export_saved_model(model, exported.path.parent, version=1)


def test_encoded_images_have_one_three_or_four_channels(make_model, tmp_path):
    with pytest.raises(ValueError, match=r"`image_bytes` must be False .* Received: '2 channels'"):
        export_saved_model(make_model(compiled=False, image_shape=(4, 4, 2)), tmp_path / "models")


@pytest.mark.parametrize("tasks", [{"a": 2, "a_image_bytes": 2}, {"serving_default": 2}])
def test_two_signatures_of_one_name_are_refused(make_model, tmp_path, tasks):
    with pytest.raises(ValueError, match="`tasks` must be other than 'serving_default' and than another task's name"):
        export_saved_model(make_model(compiled=False, tasks=tasks), tmp_path / "models")


def test_without_tensorflow_the_error_names_the_extra(model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(ImportError, match=r"keras_modnet\[tensorflow\]"):
        export_saved_model(model, tmp_path / "models")
    assert not any(tmp_path.iterdir())


EXPORT = """
import sys
from keras_modnet.export import export_saved_model
from keras_modnet.layers import register_block
from keras_modnet.layers.stages import Conv
from keras_modnet.models.modnet import ModNet

register_block("plain", lambda width: (Conv("conv", width, width, 3),))
model = ModNet((2, 2, 1), {"digits": 2}, num_blocks=2, num_steps=1, width=2, patch_size=2, block="plain")
print(export_saved_model(model, sys.argv[1], image_bytes=False).largest_difference)
"""


def test_jax_exports_a_block_that_only_it_knows(tmp_path):
    command = [sys.executable, "-c", EXPORT, str(tmp_path)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | {"KERAS_BACKEND": "jax"}
    )
    assert float(done.stdout) < 1e-5
    assert set(tf.saved_model.load(tmp_path / "1").signatures) == {"digits", "serving_default"}
