"""Models of tasks in files: what trains, what was compiled, the default task, a quantized head."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.models import trainability

CROSS_ENTROPY = keras.losses.SparseCategoricalCrossentropy


def logits(model, images):
    return ops.convert_to_numpy(model(images))


def of_task(named, task):
    return {name: value for name, value in named.items() if name.startswith(f"tasks/{task}/")}


def test_the_default_task_is_kept_in_files(make_model, tmp_path):
    model = make_model(compiled=False)
    model.default_task = "letters"
    model.save(tmp_path / "model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras").default_task == "letters"
    model.save_to_preset(tmp_path / "preset")
    import keras_modnet

    assert keras_modnet.from_preset(str(tmp_path / "preset")).default_task == "letters"


@pytest.mark.parametrize("which", ["task", "joint"])
def test_a_saved_model_of_tasks_answers_and_trains_on(make_model, images, labels, which, tmp_path):
    model = make_model(compiled=False)
    one = model.task("letters") if which == "task" else model.joint(model.task_names)
    x, y = (
        (images, labels)
        if which == "task"
        else (dict.fromkeys(one.task_names, images), dict.fromkeys(one.task_names, labels))
    )
    one.compile(keras.optimizers.Adam(0.1), CROSS_ENTROPY(from_logits=True), run_eagerly=True)
    one.fit(x, y, verbose=0)
    one.save(tmp_path / "one.keras")
    loaded = keras.saving.load_model(tmp_path / "one.keras")
    assert type(loaded) is type(one)
    for trained in (one, loaded):
        keras.utils.set_random_seed(3)
        trained.fit(x, y, shuffle=False, verbose=0)
    # Adam's moments came along.
    for ours, theirs in zip(one.trainable_variables, loaded.trainable_variables, strict=True):
        np.testing.assert_allclose(
            ops.convert_to_numpy(theirs), ops.convert_to_numpy(ours), atol=1e-5, err_msg=ours.path
        )


@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize")
def test_a_quantized_head_is_kept_by_keras_and_refused_elsewhere(make_model, images, tmp_path):
    model = make_model(compiled=False)
    letters = model.task("letters")
    letters.quantize("int8", filters="dense")
    answer = logits(letters, images)
    letters.save(tmp_path / "letters.keras")
    np.testing.assert_array_equal(logits(keras.saving.load_model(tmp_path / "letters.keras"), images), answer)
    refused = (
        lambda: model.save(tmp_path / "model.keras"),
        lambda: model.save_to_preset(tmp_path / "preset"),
        lambda: model.save_task("letters", tmp_path / "letters.modnet"),
        lambda: model.copy_task("letters", "copy"),
        lambda: model.to_static("letters"),
    )
    for call in refused:
        with pytest.raises(ValueError, match="`head` must be a task's that is not quantized"):
            call()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters.keras"]
    # What needs no values of the head works.
    model.save_task("digits", tmp_path / "digits.modnet")
    model.to_static("digits")
    model.add_task("third", 2, init_from="letters")
    model.set_ordering("letters", [0, 1])
    model.rename_task("letters", "signs")
    assert model.task_names == ("digits", "signs", "third")
    assert len(model.task_report()) == 3


@pytest.mark.parametrize("parts", [("head",), ("statistics", "bank")])
def test_a_saved_task_keeps_what_trains(make_model, parts, tmp_path):
    model = make_model(compiled=False)
    model.train_only("digits", parts)
    digits = model.task("digits")
    digits.save(tmp_path / "digits.keras")
    loaded = keras.saving.load_model(tmp_path / "digits.keras")
    assert trainability.part_states(loaded) == trainability.part_states(digits)
    assert [v.trainable for v in loaded.variables] == [v.trainable for v in digits.variables]
