"""A network of any backend becomes a file of LiteRT; on another backend than TensorFlow by a child process."""

import numpy as np
from ai_edge_litert.interpreter import Interpreter

import keras_modnet


def test_a_network_of_8_bits_answers_about_as_the_model_does(make_model, images, logits_of, tmp_path):
    model = make_model(compiled=False)
    static = model.to_static("digits")
    exported = keras_modnet.export_network(static, tmp_path / "digits.tflite", quantize="int8", images=images)
    interpreter = Interpreter(model_path=str(exported.path))
    answers = interpreter.get_signature_runner()(images=images)["output"]
    assert np.int8 in {detail["dtype"] for detail in interpreter.get_tensor_details()}
    difference = np.abs(answers - logits_of(model, "digits", images)).max()
    # Rounded to one of 256 values several times over, and not by more.
    assert 1e-5 < difference < 0.1
    np.testing.assert_allclose(exported.largest_difference, difference, rtol=1e-3)
