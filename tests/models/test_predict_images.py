"""From files to classes: the model's own rule, its names, batches, and errors before any answer."""

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet import fit_images, predict_images
from keras_modnet.models import predict_images as module
from tests.data.made_folders import make_folder
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


def test_a_folder_gives_the_files_in_it_and_prints_a_line_for_each(model, tmp_path):
    folder = make_folder(tmp_path / "photos", {"a": 2, "b": 1})
    (folder / "a" / ".DS_Store").write_bytes(b"x")
    answers = predict_images(model, folder)
    files = [str(folder / name) for name in ("a/0.png", "a/1.png", "b/0.png")]
    assert answers.files == tuple(files)
    assert list(answers) == list(predict_images(model, files))
    lines = str(answers).splitlines()
    assert [line.split()[0] for line in lines] == files
    best = answers[2][0]
    assert lines[2].split()[1:4] == [best.name, f"{100 * best.probability:.1f}", "%"]


def test_an_empty_folder_is_refused(model, tmp_path):
    with pytest.raises(ValueError, match="`files` must be a folder with at least one file"):
        predict_images(model, tmp_path)
