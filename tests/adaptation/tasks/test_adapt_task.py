import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet import Search, Stopping
from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.models.trainability import part_states

PARTS = {
    "ordering": {"ordering/logits", "ordering/temperature", "ordering/hardened"},
    "norm": {"scale", "offset", "mean", "variance"},
    "statistics": {"mean", "variance"},
    "head": {"kernel", "bias", "output/scale", "output/offset", "output/mean", "output/variance"},
}


def belongs(name, part):
    """Whether the variable `tasks/letters/...` is of the part."""
    group, _, rest = name.removeprefix("tasks/letters/").partition("/")
    if part == "ordering":
        return group == "ordering"
    if part == "head":
        return group == "head"
    return group == "norm" and rest.split("/")[1] in PARTS[part]


@pytest.mark.parametrize(
    "parts",
    [
        ("head",),
        ("ordering",),
        ("norm",),
        ("statistics", "head"),
        ("ordering", "statistics", "head"),
        ("ordering", "norm", "head"),
    ],
)
@pytest.mark.usefixtures("untraced")
def test_only_the_given_parts_of_the_task_change(model, data, values, parts, changed, adapt):
    before = values(model)
    result = adapt(model, data, parts=parts, search="coordinate" if {"ordering", "head"} <= set(parts) else None)
    names = changed(model, before, values)
    assert all(name.startswith("tasks/letters/") for name in names)
    assert all(any(belongs(name, part) for part in parts) for name in names)
    assert all(any(belongs(name, part) for name in names) for part in parts)
    assert result.parts == parts


@pytest.mark.usefixtures("untraced")
def test_bank_and_stem_change_when_they_are_given(model, data, values, changed, adapt):
    before = values(model)
    adapt(model, data, parts=("norm", "head", "bank", "stem"))
    names = changed(model, before, values)
    assert {"bank/conv1/kernel", "bank/conv2/kernel", "stem/kernel", "stem/bias"} <= names
    assert not any(name.startswith("tasks/digits/") for name in names)


def test_it_learns(model, data, adapt):
    images, labels = data
    adapt(model, data, parts=("norm", "head"), epochs=30, learning_rate=0.02)
    # The task's model is left compiled.
    assert model.task("letters").evaluate(images, labels, return_dict=True, verbose=0)["accuracy"] == 1.0


@pytest.mark.usefixtures("untraced")
def test_a_searched_ordering_ends_hard_and_is_reported(model, data, adapt):
    result = adapt(model, data, parts=("ordering", "head"), epochs=4, search=Search("gumbel", start="uniform"))
    assert result.ordering_before.blocks == (0, 1, 2)
    assert result.ordering_after.is_hard
    assert result.ordering_after == model.ordering("letters")
    assert result.search is None


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("start", ["source", "uniform"])
def test_the_coordinate_search_gives_the_ordering(model, data, start, adapt):
    drawn = np.random.default_rng(7).integers(0, 3, 3).tolist() if start == "uniform" else None
    expected = keras_modnet.search_ordering(model, "letters", in_batches(data, 7), drawn, seed=7)
    search = Search("coordinate", start=start)
    result = adapt(model, data, parts=("ordering", "statistics", "head"), search=search, seed=7)
    assert result.search.ordering == expected.ordering == model.ordering("letters") == result.ordering_after
    assert result.search.error_after == pytest.approx(expected.error_after)


def in_batches(data, seed):
    """The images in the order in which the first epoch would have them."""
    batches = ArrayBatches(*data, batch_size=8, seed=seed)
    images, labels = zip(*(batches[index] for index in range(len(batches))), strict=True)
    return np.concatenate(images), np.concatenate(labels)


@pytest.mark.usefixtures("untraced")
def test_with_few_images_a_class_the_ordering_stays_and_one_line_says_so(model, data, capsys, adapt):
    result = adapt(model, data, verbose=2)
    assert result.parts == ("norm", "head")
    assert result.ordering_after.blocks == (0, 1, 2)
    said = [line for line in capsys.readouterr().out.splitlines() if "images a class" in line]
    assert len(said) == 1
    assert said[0].startswith("Fewer than 20 images a class: the ordering stays as it is.")
    assert adapt(model, data).search is None
    assert not capsys.readouterr().out


@pytest.mark.usefixtures("untraced")
def test_with_many_images_a_class_the_ordering_is_searched(model, data, adapt):
    many = tuple(np.concatenate([part] * 3)[:40] for part in data)
    result = adapt(model, many, batch_size=40, epochs=1)
    assert result.parts == ("ordering", "norm", "head")
    assert result.search is not None


@pytest.mark.usefixtures("untraced")
def test_statistics_of_features_that_do_not_move_are_those_of_the_images(model, data, values, adapt):
    adapt(model, data, parts=("statistics", "head"), batch_size=16)
    settled = model.batch_statistics("letters", data[0], ("norm",))
    now = values(model)
    for name, value in settled.items():
        np.testing.assert_allclose(now[name], value, rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("untraced")
def test_a_mixture_starts_at_the_ordering_that_is_found_and_its_weights_train(model, data, adapt):
    found = keras_modnet.search_ordering(model, "letters", in_batches(data, 7), seed=7).ordering
    parts = ("ordering", "statistics", "head")
    kept = {"parts": parts, "search": "mixture", "head_init": "keep", "seed": 7}
    still = adapt(model, data, learning_rate=0.0, **kept).ordering_after
    assert still.mixed
    np.testing.assert_allclose(still.weights, found.weights, atol=1e-6)
    result = adapt(model, data, **kept)
    assert np.abs(result.ordering_after.weights - found.weights).max() > 1e-3
    assert result.trained_parameters == 9 + 8 + 2 + 4 + 4
    # Again, by drawing: what is left is hard.
    assert adapt(model, data, parts=parts, search="gumbel").ordering_after.is_hard


@pytest.mark.usefixtures("untraced")
def test_a_mixture_of_blocks_that_train_starts_at_the_present_ordering(model, data, adapt):
    result = adapt(model, data, parts=("ordering", "norm", "head", "bank"), search="mixture", learning_rate=0.0)
    assert result.search is None
    np.testing.assert_allclose(result.ordering_after.weights, result.ordering_before.weights, atol=1e-6)


@pytest.mark.usefixtures("untraced")
def test_blocks_that_train_are_drawn(model, data, adapt):
    result = adapt(model, data, parts=("ordering", "norm", "head", "bank"))
    assert result.search is None
    assert result.ordering_after.is_hard


@pytest.mark.usefixtures("untraced")
def test_the_result_counts_what_trained(model, data, adapt):
    # 3 steps x 3 blocks of logits; head: 4 x 2 kernel, 2 bias, scale and offset of its norm, 4 channels each.
    result = adapt(model, data, parts=("ordering", "head"), search="coordinate")
    assert result.trained_parameters == 9 + 8 + 2 + 4 + 4
    assert len(result.history["loss"]) == 2
    assert result.seconds > 0


@pytest.mark.usefixtures("untraced")
def test_what_trains_and_the_default_task_are_as_before(model, data, adapt):
    model.train_only("digits", ("norm", "bank"))
    before = part_states(model)
    adapt(model, data)
    assert part_states(model) == before
    assert model.default_task == "digits"


@pytest.mark.usefixtures("untraced")
def test_the_same_seed_gives_the_same_result(make_model, data, values, adapt):
    runs = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        model = make_model(compiled=False, tasks={"digits": 3, "letters": 2}, seed=5)
        adapt(model, data, search="gumbel", seed=4)
        runs.append(values(model))
    assert all(np.array_equal(runs[0][name], runs[1][name]) for name in runs[0])


@pytest.mark.usefixtures("untraced")
def test_it_prints_the_table_of_what_trains(model, data, capsys, adapt):
    adapt(model, data, parts=("head",), verbose=2)
    printed = capsys.readouterr().out
    assert "letters: head" in printed
    assert "trainable params: 18 ||" in printed


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"parts": ("orderings",)}, "parts"),
        ({"parts": ()}, "parts"),
        ({"epochs": 1, "parts": ("ordering",)}, "epochs"),
        ({"search": "random"}, "search"),
        ({"search": "coordinate", "parts": ("ordering",)}, "search"),
        ({"search": "coordinate", "parts": ("ordering", "head", "bank")}, "search"),
        ({"batch_size": 0}, "batch_size"),
    ],
)
def test_bad_arguments_are_refused_and_nothing_changes(model, data, values, arguments, argument, changed, adapt):
    before, states = values(model), part_states(model)
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        adapt(model, data, **arguments)
    assert not changed(model, before, values)
    assert part_states(model) == states


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: Search("random"), "search"),
        (lambda: Search(images=0), "images"),
        (lambda: Search(start="random"), "start"),
        (lambda: Search(temperatures=(1.0,)), "temperatures"),
        (lambda: Stopping(patience=0), "patience"),
        (lambda: Stopping(validation_split=1.0), "validation_split"),
    ],
)
def test_bad_settings_are_refused(make, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        make()


def test_an_unknown_task_is_refused(model, data):
    with pytest.raises(ValueError, match="`task` must be one of 'digits', 'letters'"):
        keras_modnet.adapt_task(model, "words", data)
