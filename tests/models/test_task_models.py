"""A task is a Keras model over the bank's own variables, and so is a joint model of several."""

import threading

import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet import ModNet


def logits(model, images):
    return ops.convert_to_numpy(model(images))


def of_task(named, task):
    return {name: value for name, value in named.items() if name.startswith(f"tasks/{task}/")}


def test_a_task_is_the_same_object_over_the_same_variables(make_model, images):
    model = make_model(compiled=False)
    letters = model.task("letters")
    assert isinstance(letters, keras.Model)
    assert model.task("letters") is letters
    own = {id(variable) for variable in letters.variables}
    named = model.named_variables()
    shared_and_own = {name: v for name, v in named.items() if not name.startswith("tasks/digits/")}
    assert {id(variable) for variable in shared_and_own.values()} <= own
    assert not {id(v) for name, v in named.items() if name.startswith("tasks/digits/")} & own
    np.testing.assert_array_equal(logits(letters, images), ops.convert_to_numpy(model({"letters": images})["letters"]))


def test_a_joint_model_is_the_same_object_in_any_order(make_model, images):
    model = make_model(compiled=False)
    both = model.joint(("letters", "digits"))
    assert model.joint(["digits", "letters"]) is both
    assert both.task_names == model.task_names
    given = {"digits": images, "letters": images[::-1]}
    for task, answer in both(given).items():
        np.testing.assert_array_equal(ops.convert_to_numpy(answer), logits(model.task(task), given[task]))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda model: model.task("signs"), "`task` must be one of 'digits', 'letters'. Received: 'signs'"),
        (lambda model: model.joint(()), "`names` must be a sequence with at least one task"),
        (lambda model: model.joint("digits"), "`names` must be a sequence with at least one task"),
        (lambda model: model.joint(("digits", "digits")), "`names` must be a sequence with at least one task"),
        (lambda model: model.joint(("digits", "signs")), "`task` must be one of"),
        (lambda model: setattr(model, "default_task", "signs"), "`default_task` must be one of"),
    ],
)
def test_unknown_tasks(make_model, ask, message):
    model = make_model(compiled=False)
    with pytest.raises(ValueError, match=message):
        ask(model)
    assert model.default_task == "digits"


def test_the_default_task_is_what_an_array_runs(make_model, images):
    model = make_model(compiled=False)
    assert logits(model, images).shape == (4, 3)
    model.default_task = "letters"
    np.testing.assert_array_equal(logits(model, images), logits(model.task("letters"), images))
    assert model.predict(images, verbose=0).shape == (4, 2)
    assert model.compute_output_shape((None, 4, 4, 1)) == (None, 2)


def test_nothing_but_assignment_sets_the_default_task(make_model, images, labels):
    model = make_model()
    model.add_task("third", 2)
    model.fit({"letters": images}, {"letters": labels}, verbose=0)
    model.task("letters").predict(images, verbose=0)
    model.remove_task("third")
    assert model.default_task == "digits"
    model.rename_task("digits", "numbers")
    assert model.default_task == "numbers"
    model.remove_task("numbers")
    assert model.default_task == "letters"


@pytest.mark.parametrize(
    "around", [lambda m: keras.Sequential([keras.Input((4, 4, 1)), m]), lambda m: m(keras.Input((4, 4, 1)))]
)
def test_the_whole_model_is_refused_inside_of_another(make_model, around):
    model = make_model(compiled=False)
    with pytest.raises(
        ValueError, match=r"a task in a model around it: `model.task\(name\)` or `model.joint\(names\)`"
    ):
        around(model)


def test_two_tasks_in_one_functional_model(make_model, images, tmp_path):
    model = make_model(compiled=False)
    x = keras.Input((4, 4, 1))
    outer = keras.Model(x, [model.task("digits")(x), model.task("letters")(x)])
    expected = [logits(model.task(task), images) for task in ("digits", "letters")]
    model.default_task = "letters"
    for answer, own in zip(outer(images), expected, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(answer), own)
    # The bank comes back as one, shared by both.
    outer.save(tmp_path / "outer.keras")
    loaded = keras.saving.load_model(tmp_path / "outer.keras")
    assert len(loaded.variables) == len(outer.variables)
    for answer, own in zip(loaded(images), expected, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(answer), own)


def test_threads_get_the_answers_of_their_task(make_model, images):
    model = make_model(compiled=False)
    expected = {task: model.task(task).predict(images, verbose=0) for task in model.task_names}
    trainable, found = len(model.trainable_variables), []

    def ask(task):
        for _ in range(5):
            found.append(np.abs(model.task(task).predict(images, verbose=0) - expected[task]).max())

    threads = [threading.Thread(target=ask, args=(task,)) for task in (*model.task_names, *model.task_names)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert max(found) < 1e-5
    assert len(model.trainable_variables) == trainable


def test_a_task_follows_an_ordering_of_other_steps(make_model, images):
    model = make_model(compiled=False)
    digits = model.task("digits")
    before = digits.predict(images, verbose=0)
    model.set_ordering("digits", [2, 0, 1, 1])
    assert model.task("digits") is digits
    after = digits.predict(images, verbose=0)
    assert np.abs(after - before).max() > 1e-4
    np.testing.assert_allclose(after, logits(model, images), atol=1e-5)


def test_a_removed_task_leaves_nothing_behind(make_model, images):
    model = make_model(compiled=False)
    held = model.task("letters")
    answer = logits(held, images)
    both = model.joint(model.task_names)
    model.remove_task("letters")
    assert model.task_names == ("digits",)
    assert not {id(v) for v in held.task_layers["letters"].variables if "head" in v.path} & {
        id(v) for v in model.variables
    }
    assert model.joint(("digits",)) is not both
    # Who holds its model can go on using it.
    np.testing.assert_array_equal(logits(held, images), answer)


@pytest.mark.parametrize("built", [False, True])
def test_a_built_model_stays_open_for_tasks(make_model, images, built):
    model = make_model(compiled=False)
    if built:
        model.build((None, 4, 4, 1))
    model.add_task("third", np.int64(2), class_names=np.array(["x", "y"]))
    model.set_ordering("digits", [0, 1, 0, 2])
    model.rename_task("digits", "numbers")
    assert model.task_names == ("numbers", "letters", "third")
    assert model.class_names["third"] == ("x", "y")
    assert model.predict(images, verbose=0).shape == (4, 3)


@pytest.mark.parametrize("name", ["été", "1a", "a b", "a/b", "", "_a", 3])
def test_names_that_tensorflow_cannot_have_are_refused(make_model, name):
    model = make_model(compiled=False)
    with pytest.raises(ValueError, match="`name` must be a task name of letters from a to z"):
        model.add_task(name, 2)
    with pytest.raises(ValueError, match="`name` must be a task name of letters from a to z"):
        ModNet((4, 4, 1), {name: 2}, num_blocks=1, num_steps=1, width=4, patch_size=2)
    assert model.task_names == ("digits", "letters")


def test_making_the_models_of_tasks_changes_nothing_that_trains(make_model):
    model = make_model(compiled=False)
    model.train_only("digits", ("head",))
    before = [variable.trainable for variable in model.variables]
    model.task("digits")
    model.joint(model.task_names)
    assert [variable.trainable for variable in model.variables] == before
