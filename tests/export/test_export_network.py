"""A plain network as a file for ONNX Runtime and for LiteRT: one call, and the answers of its own runtime."""

import keras
import numpy as np
import onnxruntime
import pytest
import sklearn.datasets
from ai_edge_litert.interpreter import Interpreter

import keras_modnet
from keras_modnet.export import network_export
from keras_modnet.export.runtimes import run_file


def run_onnx(path, images):
    session = onnxruntime.InferenceSession(str(path))
    return dict(zip([one.name for one in session.get_outputs()], session.run(None, {"images": images}), strict=True))


def run_litert(path, images):
    return Interpreter(model_path=str(path)).get_signature_runner()(images=images)


RUN = {".onnx": run_onnx, ".tflite": run_litert}
KINDS = {
    "batch": {},
    "group, outputs": {"norm": "group", "mixing": "outputs", "block": "convnext"},
    "tokens": {"block": "transformer", "width": 64, "norm": "layer", "num_steps": 1},
}


@pytest.mark.parametrize("kind", KINDS)
def test_onnx_runtime_answers_as_the_model_does_whatever_the_batch(make_model, images, logits_of, tmp_path, kind):
    model = make_model(compiled=False, **KINDS[kind])
    exported = keras_modnet.export_network(model.to_static("digits"), tmp_path / "digits.onnx")
    assert exported.bytes == exported.path.stat().st_size
    assert exported.largest_difference < 1e-5
    for batch in (images, images[:1]):
        answers = run_onnx(exported.path, batch)
        assert set(answers) == {"output"}
        np.testing.assert_allclose(answers["output"], logits_of(model, "digits", batch), atol=1e-5)
    assert [path.name for path in tmp_path.iterdir()] == [exported.path.name]


@pytest.mark.parametrize(("ending", "dtype"), [(".onnx", "mixed_bfloat16"), (".tflite", "bfloat16")])
def test_tasks_answer_under_their_names_and_half_precision_is_written_as_float32(
    make_model, images, logits_of, tmp_path, ending, dtype
):
    model = make_model(compiled=False, dtype=dtype)
    static = model.to_static_tasks(["letters", "digits"])
    exported = keras_modnet.export_network(static, tmp_path / f"both{ending}")
    assert exported.largest_difference < 1e-5
    answers = RUN[ending](exported.path, images)
    assert set(answers) == {"letters", "digits"}
    for task, logits in answers.items():
        # The roundings of bfloat16, which the file does not make.
        assert 1e-5 < np.abs(logits - logits_of(model, task, images).astype("float32")).max() < 5e-2


def test_8_bits_cost_less_than_two_points_of_accuracy(tmp_path):
    # Digits of scikit-learn, which the preset never saw, framed about as MNIST's.
    model = keras_modnet.from_preset("digits_reuse")
    digits = sklearn.datasets.load_digits()
    pictures = np.pad(digits.images, ((0, 0), (2, 2), (2, 2)))[..., None] * 255 / 16
    images = keras_modnet.fit_images(pictures, model.image_shape, model.resizing)
    static = model.to_static("mnist")
    exported = keras_modnet.export_network(static, tmp_path / "mnist.tflite", quantize="int8", images=images[:100])
    # In float32 a parameter has four.
    assert exported.bytes < 2 * static.count_params()
    assert exported.largest_difference > 1e-3
    seen, labels = images[100:], digits.target[100:]
    answers = (static.predict(seen, batch_size=512, verbose=0), run_litert(exported.path, seen)["output"])
    before, after = (np.mean(logits.argmax(1) == labels) for logits in answers)
    assert before > 0.75
    assert abs(before - after) < 0.02


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"network": None}, "network"),
        ({"path": "digits.pb"}, "path"),
        ({"path": "folder.onnx"}, "path"),
        ({"quantize": "int8"}, "quantize"),
        ({"quantize": "int4", "path": "digits.tflite"}, "quantize"),
        ({"quantize": "int8", "path": "digits.tflite"}, "images"),
        ({"images": np.zeros((2, 5, 4, 1))}, "images of the network"),
        ({"images": np.full((2, 4, 4, 1), np.nan)}, "images of the network"),
    ],
)
def test_a_wrong_argument_is_refused_and_nothing_is_written(make_model, tmp_path, monkeypatch, arguments, named):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.onnx").mkdir()
    given = {"network": make_model(compiled=False).to_static("digits"), "path": "digits.onnx"} | arguments
    with pytest.raises(ValueError, match=f"`{named}` must be .* Received: "):
        keras_modnet.export_network(**given)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.onnx"]


@pytest.mark.parametrize("layer", [None, "own"])
def test_a_network_that_is_not_of_keras_alone_is_refused(make_model, tmp_path, layer):
    network = make_model(compiled=False)
    if layer is not None:

        class Own(keras.layers.Layer):
            def call(self, x):
                return x

        images = keras.Input((4, 4, 1))
        network = keras.Model(images, Own(name=layer)(images))
    with pytest.raises(ValueError, match="`network` must be"):
        keras_modnet.export_network(network, tmp_path / "network.onnx")


def test_a_file_that_answers_otherwise_leaves_what_was_there(make_model, tmp_path, monkeypatch):
    path = tmp_path / "digits.onnx"
    path.write_bytes(b"before")

    def spoiled(*arguments):
        return {name: value + 1e-2 for name, value in run_file(*arguments).items()}

    monkeypatch.setattr(network_export, "run_file", spoiled)
    static = make_model(compiled=False).to_static("digits")
    with pytest.raises(RuntimeError, match=r"within 0.000\d+. Received: a difference of 0.01. None is written"):
        keras_modnet.export_network(static, path)
    assert path.read_bytes() == b"before"
    monkeypatch.undo()
    keras_modnet.export_network(static, path)
    assert path.stat().st_size > 1000
    assert [entry.name for entry in tmp_path.iterdir()] == ["digits.onnx"]


@pytest.mark.parametrize(
    ("ending", "module", "extra"), [(".onnx", "tf2onnx", "onnx"), (".tflite", "ai_edge_litert", "litert")]
)
def test_what_is_not_installed_is_named_with_its_extra(make_model, tmp_path, monkeypatch, ending, module, extra):
    find = network_export.importlib.util.find_spec
    monkeypatch.setattr(network_export.importlib.util, "find_spec", lambda name: None if name == module else find(name))
    with pytest.raises(ImportError, match=rf"needs {module}, .*keras_modnet\[{extra},tensorflow\]"):
        keras_modnet.export_network(make_model(compiled=False).to_static("digits"), tmp_path / f"digits{ending}")
