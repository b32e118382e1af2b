import math

import numpy as np
import pytest

from keras_modnet import PresetError, from_preset, rank_presets, rank_tasks
from keras_modnet.presets import host_weights, registry


@pytest.fixture
def zoo(tmp_path, monkeypatch, make_model):
    """Presets of two shapes with a task that sees; "all_blind" has none, and the weights of "far_away" are not here."""
    folder = tmp_path / "zoo"

    def save(name, *seeing, **arguments):
        model = make_model(compiled=False, tasks=dict.fromkeys(("blind", *seeing), 3), **arguments)
        for task in model.task_names:
            model.set_ordering(task, [0, 1, 2])
        # The head's norm of this task makes all features alike, whatever the image.
        scale = model.task_layers["blind"].head.variables_by_name()["output/scale"]
        scale.assign(np.zeros(scale.shape, "float32"))
        model.save_to_preset(folder / name)

    save("all_blind")
    save("far_away", "seeing")
    save("grey", "seeing")
    save("rgb", "seeing", image_shape=(8, 8, 3))
    host_weights(folder / "far_away", "https://example.com/far_away.safetensors", tmp_path / "weights.safetensors")
    monkeypatch.setattr(registry, "zoo_folder", lambda: folder)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return folder


@pytest.fixture
def data():
    labels = np.arange(24) % 2
    images = np.random.default_rng(0).uniform(0, 20, (24, 4, 4, 1))
    images[labels == 1, :2, :2] += 200
    return images.astype("uint8"), labels


@pytest.mark.usefixtures("zoo")
def test_presets_are_ranked_by_their_best_task(data):
    ranking = rank_presets(data)
    assert set(ranking) == {"grey", "rgb", "all_blind"}
    assert list(ranking)[-1] == "all_blind"
    assert list(ranking.values()) == sorted(ranking.values())
    assert ranking.best in {"grey", "rgb"}
    assert ranking.best_task == "seeing"
    # Images that fit are judged as they are.
    expected = rank_tasks(from_preset("grey"), data)
    assert ranking["grey"] == pytest.approx(expected["seeing"], rel=1e-4)
    assert ranking.rankings["grey"]["blind"] == pytest.approx(expected["blind"], rel=1e-4)


@pytest.mark.usefixtures("zoo")
def test_what_is_skipped_is_said(data):
    ranking = rank_presets(data)
    assert list(ranking.skipped) == ["far_away"]
    assert "far_away" not in ranking
    assert str(ranking).splitlines()[-1].startswith("skipped: far_away (its weights are not on this machine")


@pytest.mark.usefixtures("zoo")
def test_a_ranking_prints_as_a_table(data):
    ranking = rank_presets(data, ["grey"])
    lines = str(ranking).splitlines()
    assert len(lines) == 2
    assert lines[0].split() == ["preset", "task", "leave-one-out", "error", "unique", "parameters"]
    # Scalars are no parameters.
    sizes = [
        math.prod(variable.shape) for variable in from_preset("grey").named_variables().values() if len(variable.shape)
    ]
    assert lines[1].split() == ["grey", "seeing", f"{ranking['grey']:.4f}", f"{sum(sizes):,}"]
    assert repr(ranking) == str(ranking)


@pytest.mark.usefixtures("zoo")
def test_a_dataset_of_batches_gives_the_same_as_arrays(data):
    images, labels = data
    batches = [(images[rows], np.eye(2)[labels[rows]]) for rows in (slice(16), slice(16, 24))]
    arrays, dataset = rank_presets(data), rank_presets(batches)
    assert list(arrays) == list(dataset)
    np.testing.assert_allclose(list(dataset.values()), list(arrays.values()), rtol=1e-3)


def test_a_path_is_ranked_under_the_name_that_was_given(zoo, data):
    assert rank_presets(data, [str(zoo / "grey")]).best == str(zoo / "grey")


@pytest.mark.usefixtures("zoo")
def test_channels_that_a_preset_cannot_take_are_said(data, make_model, tmp_path):
    wide = make_model(compiled=False, image_shape=(4, 4, 4), tasks={"one": 2}).save_to_preset(tmp_path / "wide")
    ranking = rank_presets(data, ["grey", str(wide)])
    assert ranking.skipped == {str(wide): "it takes images of 4 channels"}
    with pytest.raises(ValueError, match="`dataset` must be images of channels that some preset takes"):
        rank_presets(data, [str(wide)])


@pytest.mark.usefixtures("zoo")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"presets": []}, "`presets`"), ({"presets": "grey"}, "`presets`"), ({"max_images": 0}, "`max_images`")],
)
def test_wrong_arguments_are_refused(data, arguments, message):
    with pytest.raises(ValueError, match=message):
        rank_presets(data, **arguments)


@pytest.mark.usefixtures("zoo")
def test_an_unknown_preset_is_refused_before_any_is_ranked(data, monkeypatch):
    monkeypatch.setattr("keras_modnet.adaptation.ranking.presets.rank_tasks", lambda *_, **__: pytest.fail("ranked"))
    with pytest.raises(PresetError, match="did you mean 'grey'"):
        rank_presets(data, ["grey", "gray"])


@pytest.mark.usefixtures("zoo")
@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [(slice(1), slice(1), "at least two images"), (slice(4), slice(3), "one label for each image")],
)
def test_data_that_cannot_be_ranked_are_refused(data, rows, columns, message):
    with pytest.raises(ValueError, match=message):
        rank_presets((data[0][rows], data[1][columns]))
    with pytest.raises(ValueError, match="`dataset` must be at least one batch"):
        rank_presets([])
    with pytest.raises(ValueError, match="`dataset` must be images of shape"):
        rank_presets((data[0][..., 0], data[1]))
