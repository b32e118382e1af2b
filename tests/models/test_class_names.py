"""Names of classes stay with their task wherever it goes, and say what logits mean."""

import keras
import numpy as np
import pytest

import keras_modnet

NAMES = ["one", "two", "three"]


@pytest.fixture
def named(make_model):
    tasks = {"digits": {"num_classes": 3, "class_names": NAMES}, "letters": 2}
    return make_model(compiled=False, tasks=tasks)


def test_a_task_has_names_or_none(named):
    assert named.class_names == {"digits": ("one", "two", "three"), "letters": None}
    named.add_task("signs", 2, class_names=["stop", "go"])
    named.remove_task("digits")
    assert named.class_names == {"letters": None, "signs": ("stop", "go")}


def test_names_survive_another_number_of_steps(named):
    named.set_ordering("digits", [0, 1, 2, 0, 1])
    assert named.class_names["digits"] == ("one", "two", "three")


def test_names_survive_saving(named, tmp_path):
    named.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    preset = keras_modnet.from_preset(str(named.save_to_preset(tmp_path / "preset")))
    again = keras_modnet.ModNet.from_config(named.get_config())
    assert loaded.class_names == preset.class_names == again.class_names == named.class_names


def test_names_go_with_a_task_that_is_copied_renamed_or_loaded(named, tmp_path):
    named.copy_task("digits", "copied")
    named.rename_task("digits", "renamed")
    assert named.class_names["copied"] == named.class_names["renamed"] == ("one", "two", "three")
    path = named.save_task("copied", tmp_path / "copied.modnet")
    assert named.load_task(path, "loaded") is named.task("loaded")
    assert named.class_names["loaded"] == ("one", "two", "three")


@pytest.mark.parametrize(
    ("names", "received"),
    [(NAMES[:2], "'2 of them'"), ("abc", "'abc'"), (["a", "b", 3], r"\['a', 'b', 3\]")],
)
def test_names_that_are_not_one_text_a_class_are_refused(named, names, received):
    message = rf"`tasks\['new'\] class_names` must be a list of 3 texts, or None\. Received: {received}"
    with pytest.raises(ValueError, match=message):
        named.add_task("new", 3, class_names=names)
    assert "new" not in named.task_names


def test_the_likeliest_classes_come_first(named):
    # Odds of 1 to 3 to 4.
    logits = np.log(np.array([[1, 3, 4], [8, 4, 4]], "float32"))
    first, second = keras_modnet.decode_predictions(named, logits, top=2)
    assert [(row.index, row.name) for row in first] == [(2, "three"), (1, "two")]
    np.testing.assert_allclose([row.probability for row in first], [0.5, 0.375], rtol=1e-6)
    # Equal ones in the order of the labels.
    assert [row.name for row in second] == ["one", "two"]
    assert len(keras_modnet.decode_predictions(named, logits)[0]) == 3


def test_what_the_model_returns_can_be_decoded(named, images):
    (row, *_) = keras_modnet.decode_predictions(named, named(images), top=1)[0]
    assert row.name == NAMES[int(keras.ops.convert_to_numpy(named(images))[0].argmax())]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task": "letters"}, r"`task` must be one with class names, of which there are \['digits'\]"),
        ({"task": "words"}, "`task` must be one of 'digits', 'letters'"),
        ({"logits": np.zeros((1, 4))}, r"`logits` must be of shape \(batch, 3\)\. Received: \(1, 4\)"),
        ({"logits": np.zeros(3)}, r"`logits` must be of shape \(batch, 3\)\. Received: \(3,\)"),
        ({"top": 0}, "`top` must be a whole number of at least 1"),
    ],
)
def test_what_cannot_be_decoded_is_refused(named, arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_modnet.decode_predictions(named, **{"logits": np.zeros((1, 3))} | arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"norm_epsilon": 0}, "`norm_epsilon` must be a finite number over 0. Received: 0"),
        ({"pool_first": 1}, "`pool_first` must be True or False. Received: 1"),
    ],
)
def test_wrong_arguments_of_norms_and_heads_are_refused(make_model, arguments, message):
    with pytest.raises(ValueError, match=message):
        make_model(**arguments)
