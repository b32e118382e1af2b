"""A task of a SavedModel of many tasks as a file of LiteRT, by TensorFlow's own converter."""

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter


def test_one_signature_becomes_a_file_that_answers_as_the_model_does(
    exported, serving_model, images, logits_of, tmp_path
):
    converter = tf.lite.TFLiteConverter.from_saved_model(str(exported.path), signature_keys=["letters"])
    (tmp_path / "letters.tflite").write_bytes(converter.convert())
    answers = Interpreter(model_path=str(tmp_path / "letters.tflite")).get_signature_runner("letters")(images=images)
    np.testing.assert_allclose(answers["logits"], logits_of(serving_model, "letters", images), atol=1e-5)
