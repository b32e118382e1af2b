"""Keras's own exports of a static model, at once."""

import numpy as np
import onnxruntime
import pytest
import tensorflow as tf


def test_a_static_model_exports_by_itself(make_model, images, tmp_path):
    model = make_model(compiled=False)
    model.to_static("digits").export(tmp_path / "static", format="tf_saved_model", verbose=False)
    served = tf.saved_model.load(tmp_path / "static")
    assert np.abs(served.serve(images).numpy() - model(images).numpy()).max() < 1e-5


# Of Keras's bridge to tf2onnx.
@pytest.mark.filterwarnings("ignore:In the future `np.object`:FutureWarning")
def test_onnx_needs_no_call_before(make_model, images, tmp_path):
    model = make_model(compiled=False)
    for name, static in (("one", model.to_static("digits")), ("all", model.to_static_tasks(["letters", "digits"]))):
        static.export(tmp_path / f"{name}.onnx", format="onnx", verbose=False)
        session = onnxruntime.InferenceSession(tmp_path / f"{name}.onnx")
        logits = session.run(["digits"] if name == "all" else None, {"images": images})[0]
        assert np.abs(logits - model(images).numpy()).max() < 1e-5
