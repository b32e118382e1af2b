"""Keras's own export of a static model."""

import numpy as np
import tensorflow as tf


def test_a_static_model_exports_by_itself(make_model, images, tmp_path):
    model = make_model(compiled=False)
    model.to_static("digits").export(tmp_path / "static", format="tf_saved_model", verbose=False)
    served = tf.saved_model.load(tmp_path / "static")
    assert np.abs(served.serve(images).numpy() - model(images).numpy()).max() < 1e-5
