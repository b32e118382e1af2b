"""Names of classes in answers and in files."""

import numpy as np
import tensorflow as tf


def test_the_most_likely_classes_are_named(served, images):
    answers = served.signatures["digits"](images=tf.constant(images))
    probabilities = answers["probabilities"].numpy()
    best = np.argsort(-probabilities, axis=-1)[:, :2]
    np.testing.assert_array_equal(answers["scores"], np.take_along_axis(probabilities, best, -1))
    assert answers["classes"].numpy().tolist() == np.array([b"one", b"two", b"three"], object)[best].tolist()


def test_a_task_without_names_gives_none(served):
    assert set(served.signatures["letters"].structured_outputs) == {"logits", "probabilities"}
    assert set(served.signatures["vectors"].structured_outputs) == {"features"}


def test_no_more_classes_are_named_than_there_are(make_model, write_tasks, tmp_path):
    model = make_model(compiled=False, tasks={"digits": {"num_classes": 2, "class_names": ["a", "b"]}})
    outputs = tf.saved_model.load(write_tasks(model, tmp_path, top=5)).signatures["digits"].structured_outputs
    assert outputs["classes"].shape[1] == outputs["scores"].shape[1] == 2


def test_names_lie_in_files_one_a_line(exported):
    files = {path.name: path.read_text(encoding="utf-8") for path in (exported.path / "assets").iterdir()}
    assert files == {
        "tasks.txt": "digits\nletters\nmarks\nvectors\n",
        "digits.labels.txt": "one\ntwo\nthree\n",
        "marks.labels.txt": "dot\ndash\ncomma\nline\\nend\n",
    }
