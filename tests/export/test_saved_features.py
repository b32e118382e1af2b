"""Tasks without classes, and norms of a task's own, in a SavedModel."""

import keras
import numpy as np
import tensorflow as tf

from keras_modnet.export import export_saved_model


def test_a_task_without_classes_gives_features(make_model, images, tmp_path):
    tasks = {"digits": 3, "features": {"num_classes": None, "pooling": "class_token_and_patches"}}
    model = make_model(compiled=False, tasks=tasks, block="transformer", norm="layer")
    model.set_own_norms("digits")
    exported = export_saved_model(model, tmp_path, image_bytes=False)
    served = tf.saved_model.load(exported.path).signatures
    answers = served["features"](images=tf.constant(images))
    assert set(answers) == {"features"}
    np.testing.assert_allclose(
        answers["features"], keras.ops.convert_to_numpy(model.task("features")(images)), atol=1e-4
    )
    digits = served["digits"](images=tf.constant(images))["logits"]
    np.testing.assert_allclose(digits, keras.ops.convert_to_numpy(model.task("digits")(images)), atol=1e-4)
