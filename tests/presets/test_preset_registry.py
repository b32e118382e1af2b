"""Presets are found by name or by path, and listed as a table."""

import importlib.util
from types import SimpleNamespace

import pytest

from keras_modnet.presets import (
    PresetError,
    PresetInfo,
    PresetTable,
    describe_preset,
    find_preset,
    list_presets,
    registry,
    write_preset,
    zoo_folder,
)


@pytest.fixture
def zoo(tmp_path, config, tensors, card, monkeypatch):
    """A zoo of two presets, one with a card and one without."""
    folder = tmp_path / "zoo"
    write_preset(folder / "digits_reuse", config, tensors, card)
    write_preset(folder / "plain", config, tensors)
    (folder / "__pycache__").mkdir()
    monkeypatch.setattr(registry, "zoo_folder", lambda: folder)
    return folder


def test_a_name_is_found_in_the_zoo(zoo):
    assert find_preset("digits_reuse") == zoo / "digits_reuse"


def test_a_name_of_the_zoo_comes_before_a_folder_of_that_name(zoo, tmp_path, monkeypatch):
    (tmp_path / "plain").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_preset("plain") == zoo / "plain"
    assert find_preset("./plain").resolve() == tmp_path / "plain"


@pytest.mark.parametrize("path", ["mine", "./mine", "../here/mine", "~/mine"])
def test_a_path_is_found(zoo, tmp_path, monkeypatch, path):
    (tmp_path / "here" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "here"))
    assert find_preset(path).resolve() == tmp_path / "here" / "mine"


def test_a_path_object_is_a_path_even_with_the_name_of_a_preset(zoo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PresetError, match="plain: expected a preset folder; found no such folder"):
        find_preset((zoo / "plain").relative_to(zoo))


@pytest.mark.parametrize("path", ["./nowhere", "some/where", "."])
def test_a_path_needs_no_zoo(monkeypatch, tmp_path, path):
    monkeypatch.setattr(registry, "zoo_folder", lambda: pytest.fail("the zoo was asked for"))
    monkeypatch.chdir(tmp_path)
    if path == ".":
        assert find_preset(path).resolve() == tmp_path
    else:
        with pytest.raises(PresetError, match="expected a preset folder; found no such folder"):
            find_preset(path)


def test_an_unknown_name_suggests_the_nearest_and_lists_all(zoo):
    with pytest.raises(PresetError, match=r"did you mean 'digits_reuse'\? There are: digits_reuse, plain") as caught:
        find_preset("digit_reuse")
    assert caught.value.file == "digit_reuse"


def test_an_unknown_name_in_an_empty_zoo_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(registry, "zoo_folder", lambda: tmp_path)
    with pytest.raises(PresetError, match="the zoo has none"):
        find_preset("anything")


@pytest.mark.parametrize("argument", ["", None, 3])
def test_what_is_neither_name_nor_path_is_refused(argument):
    with pytest.raises(ValueError, match=r"`name_or_path` must be the name of a preset, a path or a handle"):
        find_preset(argument)


def test_facts_are_read_from_the_card(zoo):
    assert list_presets()["digits_reuse"] == PresetInfo(
        name="digits_reuse",
        path=zoo / "digits_reuse",
        description="Two tasks on two blocks.",
        tasks=("letters", "digits"),
        accuracy={"digits": 98.25},
        accuracy_std={"digits": 0.5},
        unique_parameters=1234,
        macs={"digits": 2_500_000},
        latency_ms={"digits": 1.5},
        licence="MIT",
        image_shape=(8, 8, 1),
        weights="local",
    )


def test_facts_that_a_card_lacks_are_none_or_absent(zoo):
    info = list_presets()["plain"]
    assert (info.description, info.unique_parameters, info.licence) == (None, None, None)
    assert (info.accuracy, info.accuracy_std, info.macs, info.latency_ms) == ({}, {}, {}, {})


def test_facts_of_a_folder_need_no_weights(zoo):
    (zoo / "plain" / "model.safetensors").unlink()
    assert describe_preset(zoo / "plain").tasks == ("letters", "digits")
    assert describe_preset("plain") == describe_preset(zoo / "plain")


def test_the_table_is_a_sorted_read_only_mapping(zoo):
    table = list_presets()
    assert list(table) == ["digits_reuse", "plain"]
    assert len(table) == 2
    assert not hasattr(table, "__setitem__")


def test_the_table_prints_aligned(zoo):
    expected = [
        "preset, task  image  accuracy (%)  parameters  MACs (M)  CPU (ms)  weights  licence",
        "digits_reuse  8x8x1                     1,234                      local    MIT",
        "  letters                       -                     -         -",
        "  digits             98.25 ± 0.50                  2.50      1.50",
        "plain         8x8x1                         -                      local    -",
        "  letters                       -                     -         -",
        "  digits                        -                     -         -",
    ]
    assert str(list_presets()).splitlines() == expected
    assert repr(list_presets()) == str(list_presets())


def test_an_empty_table_prints_its_header_alone():
    header = "preset, task  image  accuracy (%)  parameters  MACs (M)  CPU (ms)  weights  licence"
    assert str(PresetTable([])) == header


def test_a_preset_without_tasks_prints_one_line(zoo, config, tensors):
    config["model"]["tasks"] = {}
    info = describe_preset(write_preset(zoo / "bare", config, tensors))
    assert str(PresetTable([info])).splitlines()[1].split() == ["bare", "8x8x1", "-", "local", "-"]


def test_a_long_licence_is_cut_at_a_hundred_columns(zoo, config, tensors, card):
    card["licence"] = "to be used by nobody, " * 9
    info = describe_preset(write_preset(zoo / "long", config, tensors, card))
    lines = str(PresetTable([info])).splitlines()
    assert max(map(len, lines)) == 100
    assert lines[1].endswith("…")
    assert info.licence == card["licence"]


def test_the_presets_of_the_package_fit_a_hundred_columns():
    assert max(map(len, str(list_presets()).splitlines())) <= 100


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"pattern": "*reuse"}, ["digits_reuse"]),
        ({"task": "lett*"}, ["digits_reuse", "plain"]),
        ({"task": "words"}, []),
        ({"image_size": 8}, ["digits_reuse", "plain"]),
        ({"image_size": (8, 16)}, []),
        ({"licence": "mit"}, ["digits_reuse"]),
        ({"licence": "*", "pattern": "pl*"}, ["plain"]),
    ],
)
def test_presets_are_listed_by_what_they_are(zoo, wanted, names):
    assert list(list_presets(**wanted)) == names


@pytest.mark.parametrize("wanted", [{"pattern": None}, {"task": 3}, {"image_size": "8"}, {"image_size": (8,)}])
def test_other_wishes_are_refused(zoo, wanted):
    with pytest.raises(ValueError, match=f"`{next(iter(wanted))}` must be"):
        list_presets(**wanted)


def test_a_damaged_preset_in_the_zoo_is_not_passed_over(zoo):
    (zoo / "plain" / "config.json").write_text("{}")
    with pytest.raises(PresetError, match=r"config\.json"):
        list_presets()


def test_a_preset_that_is_being_written_is_not_listed(zoo):
    (zoo / "plain").rename(zoo / ".plain.0123.new")
    assert list(list_presets()) == ["digits_reuse"]


def test_the_zoo_of_an_installed_package_is_used(monkeypatch, tmp_path):
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(importlib.util, "find_spec", {"keras_modnet.zoo": spec}.get)
    assert zoo_folder() == tmp_path


def test_the_zoo_of_a_checkout_lies_beside_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(registry, "__file__", str(tmp_path / "keras_modnet" / "presets" / "registry.py"))
    (tmp_path / "zoo").mkdir()
    assert zoo_folder() == tmp_path / "zoo"


def test_a_package_without_a_zoo_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(registry, "__file__", str(tmp_path / "keras_modnet" / "presets" / "registry.py"))
    with pytest.raises(PresetError, match="zoo: expected the folder of the presets that ship with keras_modnet"):
        zoo_folder()
