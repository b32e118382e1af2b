import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.models.trainability import part_states
from keras_modnet.training.arrays import as_dataset

PARTS = {
    "ordering": {"ordering/logits", "ordering/temperature", "ordering/hardened"},
    "norm": {"scale", "offset", "mean", "variance"},
    "statistics": {"mean", "variance"},
    "head": {"kernel", "bias", "output/scale", "output/offset", "output/mean", "output/variance"},
}


@pytest.fixture
def model(make_model):
    model = make_model(compiled=False, tasks={"digits": 3})
    model.set_ordering("digits", [0, 1, 2])
    model.add_task("letters", 2, init_from="digits")
    return model


@pytest.fixture
def data():
    generator = np.random.default_rng(0)
    labels = np.arange(16) % 2
    images = generator.uniform(0, 60, (16, 4, 4, 1)) + 150 * labels[:, None, None, None]
    return images.astype("uint8"), labels


def adapt(model, data, **arguments):
    return keras_modnet.adapt_task(model, "letters", data, **({"epochs": 2, "verbose": 0, "batch_size": 8} | arguments))


def changed(before, after):
    return {name for name in before if not np.array_equal(before[name], after[name])}


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
        ("statistics",),
        ("ordering", "statistics", "head"),
        ("ordering", "norm", "head"),
    ],
)
@pytest.mark.usefixtures("untraced")
def test_only_the_given_parts_of_the_task_change(model, data, values, parts):
    if parts == ("statistics",):
        parts = ("statistics", "head")
    before = values(model)
    result = adapt(model, data, parts=parts)
    names = changed(before, values(model))
    assert all(name.startswith("tasks/letters/") for name in names)
    assert all(any(belongs(name, part) for part in parts) for name in names)
    assert all(any(belongs(name, part) for name in names) for part in parts)
    assert result.parts == parts


@pytest.mark.usefixtures("untraced")
def test_bank_and_stem_change_when_they_are_given(model, data, values):
    before = values(model)
    adapt(model, data, parts=("norm", "head", "bank", "stem"))
    names = changed(before, values(model))
    assert {"bank/conv1/kernel", "bank/conv2/kernel", "stem/kernel", "stem/bias"} <= names
    assert not any(name.startswith("tasks/digits/") for name in names)


@pytest.mark.usefixtures("untraced")
def test_the_other_tasks_answers_stay_bit_for_bit(model, data):
    images, _ = data
    before = keras.ops.convert_to_numpy(model(images))
    adapt(model, data)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(model(images)), before)


def test_it_learns(model, data):
    images, labels = data
    adapt(model, data, parts=("norm", "head"), epochs=30, learning_rate=0.02)
    with model.use_task("letters"):
        predicted = model.predict(images, verbose=0).argmax(-1)
    assert (predicted == labels).mean() == 1.0


@pytest.mark.usefixtures("untraced")
def test_a_searched_ordering_ends_hard_and_is_reported(model, data):
    result = adapt(model, data, parts=("ordering", "head"), epochs=4, search="gumbel", start="uniform")
    assert result.ordering_before.blocks == (0, 1, 2)
    assert result.ordering_after.is_hard
    assert result.ordering_after == model.ordering("letters")
    assert result.search is None


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("start", ["source", "uniform"])
def test_the_coordinate_search_is_the_default_for_a_new_head_on_frozen_blocks(model, data, start):
    drawn = np.random.default_rng(7).integers(0, 3, 3).tolist() if start == "uniform" else None
    expected = keras_modnet.search_ordering(model, "letters", in_batches(data, 7), drawn, seed=7)
    result = adapt(model, data, parts=("ordering", "statistics", "head"), start=start, seed=7)
    assert result.search.ordering == expected.ordering == model.ordering("letters") == result.ordering_after
    assert result.search.error_after == pytest.approx(expected.error_after)


def in_batches(data, seed):
    """The images in the order in which the first epoch would have them."""
    batches = as_dataset(data, 8, seed)
    images, labels = zip(*(batches[index] for index in range(len(batches))), strict=True)
    return np.concatenate(images), np.concatenate(labels)


@pytest.mark.usefixtures("untraced")
def test_statistics_of_features_that_do_not_move_are_those_of_the_images(model, data, values):
    adapt(model, data, parts=("statistics", "head"), batch_size=16)
    settled = model.batch_statistics("letters", data[0], ("norm",))
    now = values(model)
    for name, value in settled.items():
        np.testing.assert_allclose(now[name], value, rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("untraced")
def test_a_mixture_starts_at_the_ordering_that_is_found_and_its_weights_train(model, data):
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
def test_a_mixture_of_blocks_that_train_starts_at_the_present_ordering(model, data):
    result = adapt(model, data, parts=("ordering", "norm", "head", "bank"), search="mixture", learning_rate=0.0)
    assert result.search is None
    np.testing.assert_allclose(result.ordering_after.weights, result.ordering_before.weights, atol=1e-6)


@pytest.mark.usefixtures("untraced")
def test_blocks_that_train_are_drawn(model, data):
    result = adapt(model, data, parts=("ordering", "norm", "head", "bank"))
    assert result.search is None
    assert result.ordering_after.is_hard


@pytest.mark.usefixtures("untraced")
def test_the_result_counts_what_trained(model, data):
    # 3 steps x 3 blocks of logits; head: 4 x 2 kernel, 2 bias, scale and offset of its norm, 4 channels each.
    result = adapt(model, data, parts=("ordering", "head"))
    assert result.trained_parameters == 9 + 8 + 2 + 4 + 4
    assert len(result.history["loss"]) == 2
    assert result.seconds > 0


@pytest.mark.usefixtures("untraced")
def test_what_trains_and_what_is_selected_are_as_before(model, data):
    model.train_only("digits", ("norm", "bank"))
    before = part_states(model)
    adapt(model, data)
    assert part_states(model) == before
    assert model.selected_task == "digits"


@pytest.mark.usefixtures("untraced")
def test_the_same_seed_gives_the_same_result(make_model, data, values):
    runs = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        model = make_model(compiled=False, tasks={"digits": 3, "letters": 2}, seed=5)
        adapt(model, data, seed=4)
        runs.append(values(model))
    assert all(np.array_equal(runs[0][name], runs[1][name]) for name in runs[0])


@pytest.mark.usefixtures("untraced")
def test_it_prints_the_table_of_what_trains(model, data, capsys):
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
        ({"search_images": 0}, "search_images"),
        ({"start": "random"}, "start"),
        ({"batch_size": 0}, "batch_size"),
    ],
)
def test_bad_arguments_are_refused_and_nothing_changes(model, data, values, arguments, argument):
    before, states = values(model), part_states(model)
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        adapt(model, data, **arguments)
    assert not changed(before, values(model))
    assert part_states(model) == states


@pytest.mark.parametrize("parts", [("statistics", "head"), ("norm", "head")])
def test_labels_beyond_the_classes_are_refused_before_statistics_change(model, data, values, parts):
    images, labels = data
    before = values(model)
    with pytest.raises(ValueError, match="labels of task letters"):
        adapt(model, (images, labels + 1), parts=parts)
    assert not changed(before, values(model))


def test_labels_beyond_the_classes_are_refused_and_the_ordering_stays(model, data, values):
    images, labels = data
    before, states = values(model), part_states(model)
    with pytest.raises(ValueError, match="labels of task letters"):
        adapt(model, (images, labels + 1))
    after = values(model)
    # What the ordering is written with may differ; what runs may not.
    assert not {name for name in changed(before, after) if "ordering" not in name}
    assert model.ordering("letters").blocks == (0, 1, 2)
    assert model.ordering("letters").is_hard
    assert part_states(model) == states


def test_an_unknown_task_is_refused(model, data):
    with pytest.raises(ValueError, match="`task` must be one of 'digits', 'letters'"):
        keras_modnet.adapt_task(model, "words", data)
