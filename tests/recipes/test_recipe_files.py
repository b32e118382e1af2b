"""Recipes are found by name or by path; what is neither is one clear line."""

from unittest import mock

import pytest
from absl import app

from training import recipe_files
from training.data import DATA_SETS, DataSetInfo, add_data_set, load

RECIPE = """
from training.data import DataSetInfo, add_data_set
from training.recipe import Recipe

add_data_set(DataSetInfo(name="bars", num_classes=2, image_shape=(8, 8, 1), terms="CC0-1.0", citation="nobody"))
RECIPE = Recipe(
    name="mine", description="d", licence="l", limits="n", data={"bars": "DATA"}, model={}, epochs=2, search_epochs=1
)
"""


@pytest.fixture(autouse=True)
def data_sets():
    with mock.patch.dict(DATA_SETS):
        yield


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "own" / "mine.py"
    path.parent.mkdir()
    path.write_text(RECIPE.replace("DATA", "bars"))
    return path


def test_a_recipe_is_found_by_path(path, monkeypatch):
    assert recipe_files.find_recipe(str(path)).name == "mine"
    monkeypatch.chdir(path.parent)
    # Read again: its data set is known already.
    assert recipe_files.find_recipe("mine.py").data == {"bars": "bars"}


def test_a_file_is_named_without_its_folder(path):
    assert recipe_files.recipe_file(str(path)) == "mine.py"
    assert recipe_files.recipe_file("digits_reuse") == "training/recipes/digits_reuse.py"


@pytest.mark.parametrize("name", ["digit_reuse", "", "recipe"])
def test_an_unknown_name_lists_the_known_ones(name):
    with pytest.raises(app.UsageError, match=rf"or one of .*digits_reuse.*\. Received: '{name}'"):
        recipe_files.find_recipe(name)


@pytest.mark.parametrize("name", ["nothing.py", "own", "own/", "own/mine", "own/mine.txt"])
def test_a_path_without_a_recipe_is_refused(path, monkeypatch, name):
    monkeypatch.chdir(path.parent.parent)
    with pytest.raises(app.UsageError, match="--recipe must be "):
        recipe_files.find_recipe(name)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "must define RECIPE, a training.recipe.Recipe. Received: none"),
        ("RECIPE = {}", "must define RECIPE, a training.recipe.Recipe. Received: a dict"),
        (RECIPE.replace("DATA", "birds"), r"must add its data sets by .*add_data_set\. Missing: \['birds'\]"),
    ],
)
def test_a_file_without_a_recipe_that_can_run_is_refused(path, code, message):
    path.write_text(code)
    with pytest.raises(app.UsageError, match=message):
        recipe_files.find_recipe(str(path))


def test_a_data_set_is_added_once():
    info = DataSetInfo(name="bars", num_classes=2, image_shape=(8, 8, 1), terms="CC0-1.0", citation="nobody")
    add_data_set(info)
    add_data_set(info)
    assert DATA_SETS["bars"] is info
    other = DataSetInfo(name="mnist", num_classes=2, image_shape=(8, 8, 1), terms="CC0-1.0", citation="nobody")
    with pytest.raises(ValueError, match="`name` must be other than those of 'mnist'"):
        add_data_set(other)
    with pytest.raises(ValueError, match="`info` must be a DataSetInfo"):
        add_data_set("bars")


def test_a_data_set_of_ones_own_is_read_from_a_folder_alone():
    add_data_set(DataSetInfo(name="bars", num_classes=2, image_shape=(8, 8, 1), terms="CC0-1.0", citation="nobody"))
    with pytest.raises(ValueError, match=r"`data_dir` must be the folder of bars\.npz"):
        load("bars", "train")


def test_every_known_data_set_has_an_entry_to_cite():
    assert [name for name, info in DATA_SETS.items() if not info.bibtex.startswith("@")] == []
