import numpy as np
import pytest

from keras_modnet import adapt_task, rank_tasks
from keras_modnet.data.resizing import fit_images


@pytest.fixture
def model(make_model):
    model = make_model(tasks={"blind": 3, "seeing": 3, "mine": 2})
    for task in model.task_names:
        model.set_ordering(task, [0, 1, 2])
    # The head's norm of this task makes all features alike, whatever the image.
    head = model.task_layers["blind"].head.variables_by_name()
    head["output/scale"].assign(np.zeros(head["output/scale"].shape, "float32"))
    model.set_ordering("seeing", [2, 1, 0])
    return model


@pytest.fixture
def data():
    labels = np.arange(24) % 2
    images = np.random.default_rng(0).uniform(0, 20, (24, 4, 4, 1))
    images[labels == 1, :2, :2] += 200
    return images.astype("uint8"), labels


def test_features_that_separate_the_classes_rank_before_those_that_do_not(model, data):
    ranking = rank_tasks(model, data, ("blind", "seeing"))
    assert list(ranking) == ["seeing", "blind"]
    assert ranking.best == "seeing"
    # Two classes, equally frequent: guessing by their shares has this squared error, a little more out of sample.
    assert ranking["blind"] == pytest.approx(0.5, abs=0.05)
    assert ranking["seeing"] < 0.4


def test_ranking_changes_nothing(model, data, values):
    before = values(model)
    rank_tasks(model, data)
    after = values(model)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_a_ranking_prints_as_a_table(model, data):
    lines = str(rank_tasks(model, data)).splitlines()
    assert lines[0].split() == ["task", "leave-one-out", "error"]
    assert [line.split()[0] for line in lines[1:]] == list(rank_tasks(model, data))


def test_lists_rows_and_images_of_another_size_serve_too(model, data):
    images, labels = np.repeat(data[0], 2, axis=1), data[1]
    fitted = rank_tasks(model, (fit_images(images, (4, 4, 1), "stretch"), labels))
    for form in (labels.tolist(), np.eye(2)[labels], labels[:, None].astype("float32")):
        assert dict(rank_tasks(model, (list(images), form))) == pytest.approx(dict(fitted))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tasks": ("unknown",)}, "`tasks`"),
        ({"tasks": ()}, "`tasks`"),
        ({"max_images": 0}, "`max_images`"),
    ],
)
def test_wrong_arguments_are_refused(model, data, arguments, message):
    with pytest.raises(ValueError, match=message):
        rank_tasks(model, data, **arguments)


def test_a_task_without_a_label_for_each_image_is_refused(model, data):
    with pytest.raises(ValueError, match="`data` must be one label for each image"):
        rank_tasks(model, (data[0], data[1][:-1]))


@pytest.mark.usefixtures("untraced")
def test_an_adaptation_starts_from_the_best_task(model, data):
    # The head alone trains, so that ordering and norms are those of the source.
    result = adapt_task(model, "mine", data, parts=("head",), init_from="best", epochs=1, verbose=0)
    assert result.ranking.best == "seeing"
    assert result.ordering_after.blocks == (2, 1, 0)


@pytest.mark.usefixtures("untraced")
def test_an_adaptation_starts_from_a_named_task(model, data):
    result = adapt_task(model, "mine", data, parts=("head",), init_from="seeing", epochs=1, verbose=0)
    assert result.ranking is None
    assert result.ordering_after.blocks == (2, 1, 0)


@pytest.mark.parametrize("source", ["unknown", "mine"])
def test_a_source_that_is_no_other_task_is_refused(model, data, source):
    with pytest.raises(ValueError, match="`init_from`"):
        adapt_task(model, "mine", data, parts=("head",), init_from=source, epochs=1, verbose=0)
