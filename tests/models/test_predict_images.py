"""From files to classes: the model's own rule, its names, batches, and errors before any answer."""

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet import fit_images, predict_images
from keras_modnet.models import predict_images as module
from tests.data.made_pictures import FILES, PIXELS


@pytest.fixture(scope="module")
def model(make_model):
    tasks = {"named": {"num_classes": 3, "class_names": ["a", "b", "c"]}, "plain": 2, "bare": {"num_classes": None}}
    return make_model(compiled=False, image_shape=(6, 6, 3), tasks=tasks, resizing="pad")


def test_files_are_answered_as_their_pixels_are(model, monkeypatch):
    monkeypatch.setattr(module, "BATCH_SIZE", 2)
    answers = predict_images(model, [FILES["PNG"], FILES["BMP"], FILES["grey PNG"]], top=2)
    logits = keras.ops.convert_to_numpy(model(fit_images(PIXELS[None], (6, 6, 3), "pad")))
    [expected] = keras_modnet.decode_predictions(model, logits, top=2)
    assert len(answers) == 3
    for answer in answers[:2]:
        assert [one.name for one in answer] == [one.name for one in expected]
        np.testing.assert_allclose([one.probability for one in answer], [one.probability for one in expected], 1e-4)
    assert answers[2] != answers[0]


def test_a_class_without_a_name_is_called_by_its_index(model, tmp_path):
    path = tmp_path / "one.png"
    path.write_bytes(FILES["PNG"])
    [answer] = predict_images(model, path, task="plain")
    assert sorted((one.index, one.name) for one in answer) == [(0, "0"), (1, "1")]
    assert sum(one.probability for one in answer) == pytest.approx(1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"task": "other"}, "`task` must be one of"),
        ({"task": "bare"}, "`task` must be one with classes"),
        ({"top": 0}, "`top` must be"),
        ({"files": []}, "`files` must be"),
        ({"files": [FILES["PNG"], b"no image"]}, r"files\[1\]: expected .* found a text file"),
    ],
)
def test_what_cannot_be_answered_is_refused(model, options, message):
    with pytest.raises(ValueError, match=message):
        predict_images(**({"model": model, "files": FILES["PNG"]} | options))
