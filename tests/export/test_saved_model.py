"""The exported SavedModel: its signatures, its answers; nothing is published that does not answer right."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_modnet.export import export_saved_model, read_back, saved_model, self_check
from keras_modnet.export.saved_files import write_saved_model
from keras_modnet.export.signatures import Signature
from keras_modnet.models.ordering import Ordering

TASKS = ("digits", "letters", "marks", "vectors")
MIXED = ("mixed", "mixed_by_name")


def test_what_was_exported_is_told(exported):
    assert exported.path.name == "1"
    assert exported.version == 1
    plain = (*TASKS, *MIXED)
    assert set(exported.signatures) == {*plain, *(f"{name}_image_bytes" for name in plain), "serving_default"}
    assert exported.bytes == sum(path.stat().st_size for path in exported.path.rglob("*") if path.is_file())
    assert exported.largest_difference < 1e-5


def test_each_task_has_its_signatures(served, exported):
    assert set(served.signatures) == set(exported.signatures)
    specs = {
        "images": tf.TensorSpec((None, 4, 4, 1), tf.float32, name="images"),
        "image_bytes": tf.TensorSpec((None,), tf.string, name="image_bytes"),
        "task": tf.TensorSpec((None,), tf.int32, name="task"),
        "task_name": tf.TensorSpec((None,), tf.string, name="task_name"),
    }
    for name, signature in served.signatures.items():
        _, given = signature.structured_input_signature
        wanted = ["image_bytes" if name.endswith("_image_bytes") else "images"]
        wanted += ["task_name"] if "by_name" in name else ["task"] if name.startswith("mixed") else []
        assert given == {name: specs[name] for name in wanted}
    shapes = {
        name: tuple(signature.structured_outputs["logits"].shape)
        for name, signature in served.signatures.items()
        if not name.startswith("vectors")
    }
    assert shapes["digits"] == (None, 3)
    assert shapes["marks_image_bytes"] == (None, 4)
    assert shapes["serving_default"] == (None, 2)
    assert shapes["mixed"] == (None, 4)


@pytest.mark.parametrize(
    ("signature", "task"),
    [("digits", "digits"), ("letters", "letters"), ("marks", "marks"), ("serving_default", "letters")],
)
def test_served_answers_are_the_models(served, serving_model, images, logits_of, signature, task):
    answers = served.signatures[signature](images=tf.constant(images))
    logits = logits_of(serving_model, task, images)
    np.testing.assert_allclose(answers["logits"], logits, atol=1e-5)
    np.testing.assert_allclose(answers["probabilities"], keras.ops.softmax(logits), atol=1e-5)


def test_a_task_with_a_mixture_is_served_as_it_runs(make_model, images, logits_of, write_tasks, tmp_path):
    model = make_model(compiled=False, tasks={"digits": 3, "letters": 2})
    mixture = Ordering([[0.5, 0.75, -0.25], [-0.5, 0.25, 1.25], [1.0, -1.0, 1.0]], mixed=True)
    model.set_ordering("digits", mixture)
    served = tf.saved_model.load(write_tasks(model, tmp_path)).signatures
    for task in ("digits", "letters"):
        answers = served[task](images=tf.constant(images))
        np.testing.assert_allclose(answers["logits"], logits_of(model, task, images), atol=1e-4)


@pytest.mark.parametrize(
    "arguments",
    [
        {"mixing": "outputs", "norm": "group"},
        {"block": "convmixer_7_relu", "dtype": "mixed_bfloat16"},
        {"block": "bottleneck", "pool_first": True, "dtype": "bfloat16"},
    ],
)
def test_every_kind_of_network_is_served(make_model, images, logits_of, write_tasks, tmp_path, arguments):
    model = make_model(compiled=False, **arguments)
    served = tf.saved_model.load(write_tasks(model, tmp_path)).signatures
    tolerance = 5e-2 if "dtype" in arguments else 1e-4
    for task in model.task_names:
        answers = served[task](images=tf.constant(images))
        np.testing.assert_allclose(answers["logits"], logits_of(model, task, images), atol=tolerance)


def test_a_batch_has_any_size(served):
    sizes = [len(served.signatures["digits"](images=tf.zeros((size, 4, 4, 1)))["logits"]) for size in (0, 1, 5)]
    assert sizes == [0, 1, 5]


def test_an_encoded_image_answers_as_its_pixels(served, images):
    pixels = images.astype("uint8")
    encoded = tf.stack([tf.io.encode_png(image) for image in pixels])
    from_bytes = served.signatures["digits_image_bytes"](image_bytes=encoded)
    from_array = served.signatures["digits"](images=tf.constant(pixels, tf.float32))
    assert set(from_bytes) == {*from_array, "valid"}
    for output, values in from_array.items():
        compare = np.testing.assert_array_equal if output == "classes" else np.testing.assert_allclose
        compare(from_bytes[output], values, **({} if output == "classes" else {"atol": 1e-6}))
    assert all(from_bytes["valid"])


def test_a_row_that_is_no_image_says_so_and_leaves_the_others_right(served, images):
    good = tf.io.encode_png(images[0].astype("uint8"))
    answers = served.signatures["digits_image_bytes"](image_bytes=tf.stack([b"no image", good, b""]))
    alone = served.signatures["digits_image_bytes"](image_bytes=tf.stack([good]))
    assert answers["valid"].numpy().tolist() == [False, True, False]
    for name in ("logits", "probabilities", "scores"):
        np.testing.assert_allclose(answers[name][1], alone[name][0], atol=1e-6)
        np.testing.assert_array_equal(answers[name].numpy()[[0, 2]], 0)
    assert answers["classes"].numpy()[[0, 2]].tolist() == [[b"", b""]] * 2


def test_a_person_reads_the_signatures(exported):
    command = [sys.executable, read_back.__file__, str(exported.path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "digits\n  images: float32 (None, 4, 4, 1)" in done.stdout
    assert "-> probabilities: float32 (None, 4)" in done.stdout


def test_what_answers_otherwise_is_not_published(serving_model, tmp_path, monkeypatch):
    def write_spoiled(network, *arguments):
        kernel, bias = network.kernels["marks"]
        network.kernels["marks"] = kernel, bias + 1e-2
        write_saved_model(network, *arguments)

    monkeypatch.setattr(saved_model, "write_saved_model", write_spoiled)
    with pytest.raises(
        RuntimeError, match=r"must answer as the model does, within 0.000\d+. Received: a difference of 0.01"
    ):
        export_saved_model(serving_model, tmp_path / "models", tasks=["marks"], image_bytes=False)
    assert not any(tmp_path.iterdir())


def _spoil_best(answers):
    return answers | {"marks/classes": answers["marks/classes"][:, ::-1]}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda answers: answers | {"marks/logits": answers["marks/logits"] * np.nan}, "difference of nan"),
        (lambda answers: {}, "must give"),
        (_spoil_best, "marks/classes must be"),
    ],
)
def test_answers_that_are_no_numbers_or_missing_or_misnamed_are_refused(serving_model, monkeypatch, spoil, message):
    signatures = (Signature("marks", "marks"),)

    def answer(folder, questions):
        logits = serving_model({"marks": questions["images"].astype("float32")})["marks"]
        probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
        best = np.argsort(-probabilities)[:, :2]
        names = np.array(serving_model.class_names["marks"]).astype("S")
        outputs = {"logits": np.array(logits), "probabilities": probabilities, "classes": names[best]}
        outputs["scores"] = np.take_along_axis(probabilities, best, -1)
        return spoil({f"marks/{name}": values for name, values in outputs.items()})

    monkeypatch.setattr(self_check, "read_answers", answer)
    with pytest.raises(RuntimeError, match=message):
        self_check.check_saved_model(Path(), serving_model, ["marks"], signatures, top=2)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"tasks": ["words"]}, "task"),
        ({"tasks": []}, "tasks"),
        ({"tasks": ["digits", "digits"]}, "tasks"),
        ({"tasks": "digits"}, "tasks"),
        ({"version": -1}, "version"),
        ({"version": 1.0}, "version"),
        ({"image_bytes": 1}, "image_bytes"),
        ({"top": 0}, "top"),
        ({"warmup": True}, "warmup"),
        ({"warmup": [1, 0]}, r"warmup\[1\]"),
        ({"model": None}, "model"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_written(serving_model, tmp_path, arguments, named):
    with pytest.raises(ValueError, match=f"`{named}` must be .* Received: "):
        export_saved_model(**({"model": serving_model, "folder": tmp_path / "models"} | arguments))
    assert not any(tmp_path.iterdir())


def test_a_version_that_is_there_stays(exported, serving_model):
    with pytest.raises(ValueError, match=r"`version` must be one that .* does not have"):
        export_saved_model(serving_model, exported.path.parent, version=1)


def test_encoded_images_have_one_or_three_channels(make_model, tmp_path):
    with pytest.raises(ValueError, match=r"`image_bytes` must be False .* Received: '2 channels'"):
        export_saved_model(make_model(compiled=False, image_shape=(4, 4, 2)), tmp_path / "models")


@pytest.mark.parametrize("tasks", [{"a": 2, "a_image_bytes": 2}, {"serving_default": 2}, {"a": 2, "mixed": 2}])
def test_two_signatures_of_one_name_are_refused(make_model, tmp_path, tasks):
    with pytest.raises(ValueError, match="`tasks` must be names other than 'serving_default', 'mixed'"):
        export_saved_model(make_model(compiled=False, tasks=tasks), tmp_path / "models")


def test_without_tensorflow_the_error_names_the_extra(serving_model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(ImportError, match=r"keras_modnet\[tensorflow\]"):
        export_saved_model(serving_model, tmp_path / "models")
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
