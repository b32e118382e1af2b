import json
import zipfile

import h5py
import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.models.task_layers import nearest_steps
from keras_modnet.models.trainability import part_states

SHARED = ("stem/", "bank/")


def logits(model, images):
    return ops.convert_to_numpy(model(images))


def trainable_names(model):
    return {name for name, variable in model.named_variables().items() if variable.trainable}


def randomize(model, task):
    """Norms and ordering of a task that are not those of the start."""
    generator = np.random.default_rng(4)
    for name, variable in model.task_layers[task].variables_by_name().items():
        if name.startswith("norm/") or name == "ordering/logits":
            variable.assign(generator.uniform(0.5, 1.5, variable.shape))


def test_tasks_are_keys(make_model):
    model = make_model(compiled=False, tasks={"digits": 3, "letters": {"num_classes": 2, "num_steps": 5}})
    assert model.task_names == ("digits", "letters")
    assert model.default_task == "digits"
    assert (model.num_classes("digits"), model.num_classes("letters")) == (3, 2)
    assert (model.ordering("digits").num_steps, model.ordering("letters").num_steps) == (3, 5)


def test_tasks_with_any_names_run_together(make_model, images):
    # Names that the parts of a model have, too.
    names = ("stem", "images", "joint", "task_stem", "bank")
    model = make_model(compiled=False, tasks=dict.fromkeys(names, 2))
    assert set(model.predict(dict.fromkeys(names, images), verbose=0)) == set(names)


@pytest.mark.parametrize(
    "change",
    [
        lambda model: setattr(model, "default_task", "letters"),
        lambda model: model.add_task("third", 2),
        lambda model: model.add_task("third", 2, init_from="letters"),
        lambda model: model.remove_task("letters"),
        lambda model: model.set_ordering("digits", [0, 1, 2]),
        lambda model: model.set_ordering("digits", [0, 1, 2, 0, 1]),
        lambda model: model.set_ordering("letters", model.ordering("letters").remove(0)),
    ],
)
@pytest.mark.parametrize("parts", [None, ("ordering", "head"), ("statistics", "stem"), ("norm", "bank")])
def test_tasks_come_and_go_and_what_trains_stays(make_model, change, parts):
    model = make_model(compiled=False)
    if parts is not None:
        model.train_only("digits", parts)
    states, names = part_states(model), trainable_names(model)
    change(model)
    for task, state in part_states(model)["tasks"].items():
        # A new task trains; nobody has frozen it.
        assert state == states["tasks"].get(task, dict.fromkeys(state, True)), task
    assert {part: part_states(model)[part] for part in ("stem", "bank")} == {
        part: states[part] for part in ("stem", "bank")
    }
    there = set(model.named_variables())
    assert {name for name in trainable_names(model) if "/third/" not in name} == names & there


def test_new_task_leaves_the_others_alone(make_model, images, values):
    model = make_model(compiled=False)
    before = values(model)
    third = model.add_task("third", num_classes=5, num_steps=2)
    after = values(model)
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value)
    assert third(images).shape == (4, 5)
    assert model.ordering("third").num_steps == 2


def test_new_task_from_another_takes_ordering_and_norms_but_no_head(make_model, values):
    model = make_model(compiled=False)
    randomize(model, "digits")
    model.add_task("third", num_classes=3, init_from="digits")
    named = values(model)
    for name, value in named.items():
        if name.startswith(("tasks/digits/norm/", "tasks/digits/ordering/")):
            np.testing.assert_array_equal(named[name.replace("digits", "third")], value)
    assert (named["tasks/third/head/kernel"] != named["tasks/digits/head/kernel"]).any()
    # Copies, not the same variables.
    model.task_layers["third"].router.logits.assign(np.zeros((3, 3)))
    np.testing.assert_array_equal(values(model)["tasks/digits/ordering/logits"], named["tasks/digits/ordering/logits"])


def test_new_task_from_a_hardened_one_is_hardened(make_model):
    model = make_model(compiled=False)
    model.set_ordering("digits", [2, 0, 1])
    model.add_task("third", num_classes=2, init_from="digits")
    assert model.ordering("third") == model.ordering("digits")


def test_new_task_with_other_steps_takes_norms_of_the_same_depth(make_model, values):
    model = make_model(compiled=False)
    randomize(model, "digits")
    model.add_task("third", num_classes=2, init_from="digits", num_steps=5)
    named = values(model)
    # Depths 0, 1/4, 1/2, 3/4, 1 of steps 0 to 2: 0, 0.5, 1, 1.5, 2, halves to the even one.
    for name in ("norm1/scale", "norm2/mean"):
        expected = named[f"tasks/digits/norm/{name}"][[0, 0, 1, 2, 2]]
        np.testing.assert_array_equal(named[f"tasks/third/norm/{name}"], expected)
    np.testing.assert_allclose(model.ordering("third").weights, np.full((5, 3), 1 / 3), atol=1e-6)


def test_nearest_steps():
    assert nearest_steps(3, 3) == [0, 1, 2]
    assert nearest_steps(2, 5) == [0, 4]
    assert nearest_steps(1, 5) == [0]
    assert nearest_steps(3, 1) == [0, 0, 0]


def test_removed_task_leaves_nothing_behind(make_model, tmp_path):
    model, never_had = make_model(), make_model(tasks={"digits": 3})
    model.remove_task("letters")
    assert model.task_names == ("digits",)
    assert list(model.named_variables()) == list(never_had.named_variables())
    assert model.count_params() == never_had.count_params()
    for collection in ("variables", "trainable_variables", "non_trainable_variables", "weights", "layers"):
        assert len(getattr(model, collection)) == len(getattr(never_had, collection)), collection
    assert not [variable.path for variable in model.variables if "letters" in variable.path]

    def stored(saved):
        saved.save(tmp_path / "model.keras")
        with zipfile.ZipFile(tmp_path / "model.keras") as archive:
            archive.extract("model.weights.h5", tmp_path)
            config = json.loads(archive.read("config.json"))
        names = []
        with h5py.File(tmp_path / "model.weights.h5") as weights:
            weights.visit(names.append)
        return config, names

    (config, names), (_, expected_names) = stored(model), stored(never_had)
    assert "letters" not in json.dumps(config)
    assert names == expected_names


def test_task_removed_after_training_is_not_in_the_saved_model(make_model, compile_model, images, labels, tmp_path):
    # Adam keeps two moments of every variable, so it knows of the task that goes.
    model = compile_model(make_model(compiled=False), keras.optimizers.Adam())
    model.fit({"digits": images, "letters": images}, {"digits": labels, "letters": labels}, verbose=0)
    model.remove_task("letters")
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.task_names == ("digits",)
    np.testing.assert_array_equal(logits(loaded, images), logits(model, images))


def test_name_of_a_removed_task_is_free(make_model, values):
    model = make_model(compiled=False)
    model.remove_task("letters")
    letters = model.add_task("letters", num_classes=7)
    assert letters is model.task("letters")
    assert model.num_classes("letters") == 7
    assert list(values(model)) == list(values(make_model(compiled=False)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda model: model.joint("digits"),
            "`names` must be a sequence with at least one task, .* Received: 'digits'",
        ),
        (lambda model: model.remove_task("signs"), "`task` must be one of 'digits', 'letters'. Received: 'signs'"),
        (lambda model: model.ordering("signs"), "`task` must be one of 'digits', 'letters'. Received: 'signs'"),
        (lambda model: model.train_only("signs", ("head",)), "`task` must be one of .* Received: 'signs'"),
        (lambda model: model.add_task("digits", 2), "`name` must be the name of a new task. Received: 'digits'"),
        (lambda model: model.add_task("two words", 2), "`name` must be a task name .* Received: 'two words'"),
        (lambda model: model.add_task("third", 0), r"`tasks\['third'\] num_classes` must be a whole .* Received: 0"),
        (lambda model: model.add_task("third", 2, num_steps=0), "num_steps` must be a whole .* Received: 0"),
        (lambda model: model.add_task("third", 2, init_from="signs"), "`task` must be one of .* Received: 'signs'"),
        (lambda model: (model.remove_task("digits"), model.remove_task("letters")), "`name` must be a task of a model"),
    ],
)
def test_wrong_arguments(make_model, change, message):
    with pytest.raises(ValueError, match=message):
        change(make_model(compiled=False))
