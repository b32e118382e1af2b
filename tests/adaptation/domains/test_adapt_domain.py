import functools
import importlib

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.adaptation.domains.objectives import information_maximization
from keras_modnet.models.trainability import part_states

SOURCES = {"a": [0, 0, 0], "b": [1, 2, 1]}


def logits_of(model, blocks, images):
    model.set_ordering("digits", blocks)
    keras_modnet.refresh_statistics(model, "digits", [images])
    return keras.ops.convert_to_numpy(model(images, training=False))


@pytest.mark.usefixtures("untraced")
def test_labels_change_nothing(scattered, target, values, adapt):
    results = []
    start = values(scattered)
    for labels in (np.arange(24) % 3, np.arange(24)[::-1] % 3, np.full(24, 99)):
        for name, variable in scattered.named_variables().items():
            variable.assign(start[name])
        result = adapt(
            scattered, SOURCES, [(target[:12], labels[:12]), (target[12:], labels[12:])], parts=("ordering", "norm")
        )
        results.append((values(scattered), result.objective_after, result.ordering_after))
    first = results[0]
    for other in results[1:]:
        assert all(np.array_equal(value, first[0][name]) for name, value in other[0].items())
        assert other[1:] == first[1:]


def test_an_ordering_that_only_the_images_tell_is_found(scattered, target, adapt):
    # The objective knows the answers of one ordering; it is one change away from a source's.
    hidden = keras.ops.convert_to_tensor(logits_of(scattered, [1, 2, 0], target))
    scattered.set_ordering("digits", [0, 0, 1])

    def distance(logits):
        return keras.ops.mean(keras.ops.square(logits - hidden))

    result = adapt(scattered, SOURCES, target, objective=distance)
    assert (result.start, result.ordering_after.blocks) == ("b", (1, 2, 0))
    assert result.objective_after == pytest.approx(0, abs=1e-6)


def test_no_single_change_is_better_than_what_is_found(scattered, target, adapt):
    result = adapt(scattered, SOURCES, target)
    found = result.ordering_after.blocks
    single = {f"{step} {block}": [*found[:step], block, *found[step + 1 :]] for step in range(3) for block in range(3)}
    again = adapt(scattered, single, target, parts=())
    assert min(again.starts.values()) == pytest.approx(result.objective_after, abs=1e-6)
    assert result.objective_after <= result.objective_statistics


def test_only_ordering_and_statistics_change(scattered, target, values, adapt, changed):
    before = values(scattered)
    adapt(scattered, SOURCES, target)
    names = changed(scattered, before, values)
    assert names
    assert all(
        name.startswith(("tasks/digits/norm", "tasks/digits/head/output", "tasks/digits/ordering")) for name in names
    )
    assert not any(name.endswith(("scale", "offset")) for name in names)


def test_statistics_are_kept_where_they_are_asked_to_be(scattered, target, values, adapt, changed):
    before = values(scattered)
    result = adapt(scattered, SOURCES, target, statistics="keep")
    assert all(name.startswith("tasks/digits/ordering") for name in changed(scattered, before, values))
    logits = keras.ops.convert_to_numpy(scattered(target, training=False))
    score = float(keras.ops.convert_to_numpy(information_maximization(logits)))
    assert result.objective_after == pytest.approx(score, abs=1e-4)


def test_no_part_is_the_control_with_statistics_alone(scattered, target, values, adapt, changed):
    before = values(scattered)
    result = adapt(scattered, None, target, parts=())
    names = changed(scattered, before, values)
    assert names
    assert all(name.endswith(("mean", "variance")) for name in names)
    assert result.objective_after == pytest.approx(result.objective_statistics, abs=1e-6)
    assert result.start == "present"


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("parts", [("norm",), ("norm", "bank", "stem"), ("ordering", "norm")])
def test_parts_train_and_the_best_epoch_is_kept(scattered, target, values, parts, adapt, changed):
    before, states = values(scattered), part_states(scattered)
    result = adapt(scattered, SOURCES, target, parts=parts, learning_rate=1e-2, epochs=3)
    names = changed(scattered, before, values)
    assert any(name.endswith("scale") for name in names)
    assert ("bank/conv1/kernel" in names) == ("bank" in parts)
    assert len(result.history["score"]) == 4
    assert result.objective_after == pytest.approx(min(result.history["score"]), abs=1e-4)
    assert part_states(scattered) == states


def test_drawn_orderings_end_hard_and_no_worse_than_the_start(scattered, target, adapt):
    result = adapt(scattered, SOURCES, target, search="gumbel", temperatures=(1.0, 0.5), learning_rate=0.05)
    assert result.ordering_after.is_hard
    assert result.temperature in (1.0, 0.5)
    assert result.objective_after <= result.starts[result.start] + 1e-6


@pytest.mark.usefixtures("untraced")
def test_draws_train_with_the_statistics_of_the_target(scattered, target, adapt):
    # Statistics of some source, far from the target's: its features would be thousands of times as large.
    for name, variable in scattered.named_variables().items():
        if name.startswith("tasks/digits") and name.endswith("variance"):
            variable.assign(np.full(variable.shape, 1e-9, "float32"))

    def size(logits):
        return keras.ops.mean(keras.ops.square(logits))

    drawn = {"search": "gumbel", "temperatures": (1.0,), "objective": size, "learning_rate": 0.0}
    at_the_target = adapt(scattered, SOURCES, target, **drawn)
    assert max(at_the_target.history["loss"]) < 100 * at_the_target.objective_statistics


@pytest.mark.usefixtures("untraced")
def test_the_other_task_answers_as_before(scattered, target, adapt):
    letters = scattered.task("letters")
    before = keras.ops.convert_to_numpy(letters(target))
    adapt(scattered, SOURCES, target, parts=("ordering", "norm"))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(letters(target)), before)


@pytest.mark.usefixtures("untraced")
def test_an_interruption_leaves_everything_as_it_was(scattered, target, values, monkeypatch, adapt, changed):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    before, states = values(scattered), part_states(scattered)
    module = importlib.import_module("keras_modnet.adaptation.domains.adapting_run")
    monkeypatch.setattr(module, "refresh_statistics", interrupted)
    # Labelled sources train all of the network first.
    module = importlib.import_module("keras_modnet.adaptation.domains.adapt_domain")
    shorter = functools.partial(keras_modnet.fit_domains, batches=2, batch_size=4)
    monkeypatch.setattr(module, "fit_domains", shorter)
    with pytest.raises(KeyboardInterrupt):
        adapt(scattered, {"a": (target, np.arange(24) % 3)}, target, parts=("ordering", "norm"))
    assert changed(scattered, before, values) == set()
    assert part_states(scattered) == states


@pytest.mark.usefixtures("untraced")
def test_labelled_sources_are_trained_on_first(scattered, target, adapt):
    labels = np.arange(24) % 3
    trained = keras_modnet.fit_domains(
        scattered, "digits", {"a": (target, labels), "b": (255 - target, labels)}, batches=2, batch_size=4, verbose=0
    )
    scattered.default_task = "letters"
    result = adapt(scattered, trained, target)
    assert result.task == "digits"
    assert set(result.starts) == {"pooled", "a", "b"}


BAD = {
    "task": ({"task": "words"}, "`task` must be one of"),
    "parts": ({"parts": ("ordering", "statistics")}, "`parts` must be a sequence with some of"),
    "objective": ({"objective": "tent"}, "`objective` must be one of"),
    "statistics": ({"statistics": "source"}, "`statistics` must be one of"),
    "kept": ({"statistics": "keep", "parts": ("norm",)}, '`statistics` must be "target" where other parts'),
    "search": ({"search": "random"}, "`search` must be one of"),
    "steps": ({"sources": {"a": [0, 1]}}, r"`sources\['a'\]` must be a hard ordering of 3 steps"),
    "no sources": ({"sources": {}}, "`sources` must be a dict with at least one source"),
    "temperatures": ({"temperatures": ()}, "`temperatures` must be at least one"),
    "images": ({"target": [np.zeros((3, 2, 2, 1))]}, "images of target"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments_are_refused_before_anything_changes(scattered, target, values, case, adapt, changed):
    arguments, message = BAD[case]
    before = values(scattered)
    arguments = {"sources": SOURCES, "target": target} | arguments
    with pytest.raises(ValueError, match=message):
        adapt(scattered, **arguments)
    assert changed(scattered, before, values) == set()
