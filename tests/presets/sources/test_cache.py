"""A folder of the cache is whole or not there."""

import os
import time
from pathlib import Path

import pytest

from keras_modnet.presets import PresetError
from keras_modnet.presets.sources.cache import ABANDONED_SECONDS, cache_folder, keep_once, link_files, unfinished


def write_one(folder):
    (folder / "one").write_text("1")


def test_the_cache_lies_where_keras_has_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "keras_modnet"
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".keras" / "keras_modnet"


def test_a_folder_is_made_once(tmp_path):
    folder = keep_once(tmp_path / "deep" / "kept", write_one)
    assert keep_once(folder, lambda fresh: pytest.fail("made again")) == folder
    assert (folder / "one").read_text() == "1"


def test_a_folder_that_fails_leaves_nothing(tmp_path):
    def fail(fresh):
        write_one(fresh)
        assert fresh.parent == tmp_path
        raise RuntimeError("broken off")

    with pytest.raises(RuntimeError, match="broken off"):
        keep_once(tmp_path / "kept", fail)
    assert list(tmp_path.iterdir()) == []


def test_who_comes_second_takes_what_the_first_made(tmp_path):
    folder = tmp_path / "kept"

    def overtaken(fresh):
        (fresh / "one").write_text("2")
        keep_once(folder, write_one)

    assert keep_once(folder, overtaken) == folder
    assert (folder / "one").read_text() == "1"
    assert list(tmp_path.iterdir()) == [folder]


def test_a_file_in_the_way_is_an_error(tmp_path):
    (tmp_path / "kept").write_text("a file")
    with pytest.raises(PresetError, match="kept: expected a folder that can be written; found"):
        keep_once(tmp_path / "kept", write_one)
    assert list(tmp_path.iterdir()) == [tmp_path / "kept"]


@pytest.mark.parametrize("links", [True, False])
def test_files_get_places_and_symbolic_links_are_followed(tmp_path, monkeypatch, links):
    def no_links(*arguments):
        raise OSError("not supported")

    write_one(tmp_path)
    (tmp_path / "link").symlink_to("one")
    folder = tmp_path / "folder"
    folder.mkdir()
    if not links:
        monkeypatch.setattr("os.link", no_links)
    link_files(folder, {"two": tmp_path / "link"})
    assert (folder / "two").read_text() == "1"
    assert not (folder / "two").is_symlink()
    assert Path(folder / "two").samefile(tmp_path / "one") == links


def test_what_a_killed_process_left_is_removed_after_a_day(tmp_path):
    long_ago = time.time() - ABANDONED_SECONDS - 60
    mine = {"kept", "notes", ".notes", ".0123456789ab.other"}
    left = {".0123456789ab.kept", ".ba9876543210.kept"}
    running = ".111111111111.kept"
    for name in mine | left | {running}:
        (tmp_path / name).mkdir() if name == ".ba9876543210.kept" else (tmp_path / name).write_text("")
        if name != running:
            os.utime(tmp_path / name, (long_ago, long_ago))
    path = unfinished(tmp_path / "kept")
    assert (path.parent, path.name.endswith(".kept")) == (tmp_path, True)
    assert {entry.name for entry in tmp_path.iterdir()} == mine | {running}
