"""Version folders: whole numbers, each there complete or not at all."""

import pytest

from keras_modnet.export.versions import choose_version, published


def test_the_first_version_is_one(tmp_path):
    assert choose_version(tmp_path / "new", None) == 1


def test_the_next_version_follows_the_largest_number(tmp_path):
    for name in ("1", "007", ".9.half.new", "notes", "½"):
        (tmp_path / name).mkdir()
    assert choose_version(tmp_path, None) == 8


@pytest.mark.parametrize("version", [3, 12])
def test_a_version_that_is_there_is_refused(tmp_path, version):
    for name in ("3", "012"):
        (tmp_path / name).mkdir()
    with pytest.raises(ValueError, match=rf"`version` must be .* other than \[3, 12\]. Received: {version}"):
        choose_version(tmp_path, version)


@pytest.mark.parametrize("version", [-1, 1.5, "1", True])
def test_a_version_is_a_whole_number(tmp_path, version):
    with pytest.raises(ValueError, match=r"`version` must be a whole number of at least 0. Received: "):
        choose_version(tmp_path, version)


def test_a_file_is_no_folder_of_versions(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"`folder` must be a folder or a new path. Received: "):
        choose_version(tmp_path / "file", None)


def test_a_version_appears_when_it_is_complete(tmp_path):
    folder = tmp_path / "models" / "digits"
    with published(folder, 4) as publication:
        (publication.fresh / "file").write_text("half")
        assert [path.name[0] for path in folder.iterdir()] == ["."]
        (publication.fresh / "file").write_text("whole")
    assert (publication.path, publication.version) == (folder / "4", 4)
    assert [path.name for path in folder.iterdir()] == ["4"]
    assert (folder / "4" / "file").read_text() == "whole"


def test_an_error_leaves_nothing_behind(tmp_path):
    def fail():
        with published(tmp_path / "models" / "digits", 4) as publication:
            (publication.fresh / "file").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not any(tmp_path.iterdir())


def test_an_error_leaves_what_was_there(tmp_path):
    (tmp_path / "4").mkdir()
    (tmp_path / "4" / "file").touch()

    def write_over():
        with published(tmp_path, 4) as publication:
            (publication.fresh / "other").touch()

    # Two exports that were asked for one number at the same time: the later one fails.
    with pytest.raises(ValueError, match=r"`version` must be one that .* does not have"):
        write_over()
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["4", "4/file"]


def test_of_two_exports_at_once_each_takes_its_number_when_it_is_published(tmp_path):
    with published(tmp_path, None) as slow:
        (slow.fresh / "file").write_text("slow")
        with published(tmp_path, None) as fast:
            (fast.fresh / "file").write_text("fast")
    assert (fast.version, slow.version) == (1, 2)
    assert (tmp_path / "2" / "file").read_text() == "slow"


def test_what_a_killed_export_has_left_is_removed_and_what_another_is_writing_is_not(tmp_path):
    left = tmp_path / ".version.0123456789ab.new"
    left.mkdir()
    (left / "file").touch()
    with published(tmp_path, None) as first:
        assert not left.exists()
        (first.fresh / "file").touch()
        with published(tmp_path, None):
            assert (first.fresh / "file").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2"]
