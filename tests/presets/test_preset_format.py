"""A preset of the first format stays loadable, with the same logits."""

import json
import pathlib

import keras
import numpy as np

import keras_modnet
from keras_modnet.presets import read_preset

FIXTURES = pathlib.Path(__file__).parent / "fixtures"


def test_format_1_gives_the_logits_that_it_gave():
    assert read_preset(FIXTURES / "format_1").metadata["format_version"] == 1
    model = keras_modnet.from_preset(FIXTURES / "format_1")
    images = (np.arange(32).reshape(2, 4, 4, 1) * 37 % 256).astype("uint8")
    expected = json.loads((FIXTURES / "format_1_logits.json").read_text())
    logits = model(dict.fromkeys(expected, images))
    assert model.ordering("digits").blocks == (1, 0, 1)
    for task, values in expected.items():
        np.testing.assert_allclose(keras.ops.convert_to_numpy(logits[task]), values, rtol=1e-4, atol=1e-4)
