"""Writers that are killed, writers that meet, and readers beside them."""

import os
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest

from keras_modnet.presets import PresetError, find_preset, read_preset, write_preset
from keras_modnet.presets.leftovers import fresh_file, fresh_folder, locked
from keras_modnet.presets.task_files import write_task_file

MARK = "0123456789ab"

# Ends in the middle of the call `number` of `os.replace`, as a process that is killed does.
KILLED = """
import os, sys
from keras_modnet.presets import read_preset, write_preset
folder, number = sys.argv[1], int(sys.argv[2])
contents, real, calls = read_preset(folder), os.replace, []
def replace(source, destination):
    calls.append(source)
    if len(calls) == number:
        os._exit(9)
    real(source, destination)
os.replace = replace
config = {key: value for key, value in contents.config.items() if key != "format_version"}
write_preset(folder, config, contents.tensors, card={"licence": "new"})
"""


@pytest.fixture
def noted(preset):
    """The preset with notes of its owner's beside its files."""
    (preset / ".git").mkdir()
    (preset / ".git" / "HEAD").write_text("main")
    (preset / "notes.txt").write_text("mine")
    return preset


def kill_a_writer(preset, number):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", KILLED, str(preset), str(number)], env=environment, check=False)
    assert done.returncode == 9


def before_the_old_one_goes(preset):
    shutil.copytree(preset, preset.with_name(f".{preset.name}.{MARK}.new"))


def between_the_renames(preset):
    before_the_old_one_goes(preset)
    preset.rename(preset.with_name(f".{preset.name}.{MARK}.old"))


def before_what_is_not_its_own_is_carried_over(preset):
    former = preset.with_name(f".{preset.name}.{MARK}.old")
    preset.rename(former)
    preset.mkdir()
    for name in ("config.json", "metadata.json", "model.safetensors", "README.md"):
        shutil.copy(former / name, preset / name)


def before_the_rest_of_the_old_one_goes(preset):
    before_what_is_not_its_own_is_carried_over(preset)
    for name in (".git", "notes.txt"):
        (preset.with_name(f".{preset.name}.{MARK}.old") / name).rename(preset / name)


KILLED_WHEN = [
    before_the_old_one_goes,
    between_the_renames,
    before_what_is_not_its_own_is_carried_over,
    before_the_rest_of_the_old_one_goes,
]


@pytest.mark.parametrize("killed", KILLED_WHEN)
def test_after_a_writer_was_killed_the_next_one_leaves_all_that_was_not_its_own_and_nothing_else(
    noted, config, tensors, killed
):
    killed(noted)
    write_preset(noted, config, tensors)
    assert (noted / ".git" / "HEAD").read_text() == "main"
    assert (noted / "notes.txt").read_text() == "mine"
    assert not (noted / "README.md").exists()
    assert read_preset(noted).tensors.keys() == tensors.keys()
    assert os.listdir(noted.parent) == [noted.name]


def test_a_reader_brings_back_what_a_killed_writer_moved_away(noted, tensors):
    kill_a_writer(noted, 2)
    assert not noted.exists()
    assert find_preset(noted) == noted
    assert read_preset(noted).tensors.keys() == tensors.keys()
    assert (noted / "notes.txt").read_text() == "mine"


def test_what_a_living_process_writes_is_left_alone(preset, config, tensors):
    with fresh_folder(preset) as fresh:
        (fresh / "file").touch()
        write_preset(preset, config, tensors)
        assert (fresh / "file").exists()
    assert os.listdir(preset.parent) == [preset.name]


def test_a_task_file_that_was_never_finished_is_removed_by_the_next(tmp_path):
    path, left = tmp_path / "a.modnet", tmp_path / f".a.modnet.{MARK}.new"
    left.write_bytes(b"half")
    description = {"task": "a", "num_classes": 2, "num_steps": 1, "network": {}, "bank": "0" * 64}
    with fresh_file(path) as living:
        write_task_file(path, description, {"x": np.zeros(1, "float32")})
        assert living.exists()
    assert os.listdir(tmp_path) == ["a.modnet"]


def test_a_folder_is_locked_for_one_at_a_time(tmp_path):
    with locked(tmp_path) as alone:
        assert alone
        with pytest.raises(TimeoutError, match="has kept"), locked(tmp_path, seconds=0.0):
            pass
    with locked(tmp_path, seconds=0.0) as alone:
        assert alone


def test_readers_beside_two_writers_read_a_whole_preset_each_time(tmp_path, config):
    folder, stop, errors = tmp_path / "tiny", threading.Event(), []
    values = {number: {"x": np.full(1000, number, "float32")} for number in (1, 2)}
    write_preset(folder, config, values[1])

    def write(number):
        while not stop.is_set():
            try:
                write_preset(folder, config, values[number], extra_files={f"{number}.md": "x"})
            except Exception as error:
                errors.append(error)
                return

    writers = [threading.Thread(target=write, args=(number,)) for number in values]
    for writer in writers:
        writer.start()
    try:
        read = [read_preset(folder).tensors["x"] for _ in range(100)]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert errors == []
    assert {len(set(values.tolist())) for values in read} == {1}
    # What belongs to the other writer's preset has gone with it.
    assert len(list(folder.glob("*.md"))) == 1
    assert os.listdir(tmp_path) == ["tiny"]


def test_a_preset_that_is_damaged_and_not_replaced_is_refused_at_once(preset, monkeypatch):
    (preset / "config.json").write_text("{}")
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("waited"))
    with pytest.raises(PresetError, match="truncated"):
        read_preset(preset)
