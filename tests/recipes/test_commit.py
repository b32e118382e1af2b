"""The commit of a checkout is known, and whether its code is what was committed."""

import shutil
import subprocess

import pytest

from training.commit import checkout_commit

AUTHOR = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")


def git(folder, *arguments):
    finished = subprocess.run(
        ["git", "-C", str(folder), *AUTHOR, *arguments], capture_output=True, text=True, check=True
    )
    return finished.stdout.strip()


@pytest.fixture
def checkout(tmp_path):
    for name in ("keras_modnet", "training", "zoo"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_text("1\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=first")
    return tmp_path


def test_a_clean_checkout_is_its_commit(checkout):
    assert checkout_commit(checkout) == git(checkout, "rev-parse", "HEAD")


@pytest.mark.parametrize("name", ["keras_modnet/code.py", "training/new.py"])
def test_other_code_than_the_commits_is_dirty(checkout, name):
    (checkout / name).write_text("2\n")
    assert checkout_commit(checkout) == git(checkout, "rev-parse", "HEAD") + "-dirty"


def test_a_preset_that_was_just_written_is_not_code(checkout):
    (checkout / "zoo" / "new.json").write_text("{}")
    assert checkout_commit(checkout) == git(checkout, "rev-parse", "HEAD")


def test_outside_a_checkout_there_is_no_commit(checkout, tmp_path_factory):
    assert checkout_commit(tmp_path_factory.mktemp("elsewhere")) is None
    # A folder in somebody else's checkout.
    assert checkout_commit(checkout / "training") is None


def test_a_checkout_without_a_commit_has_none(tmp_path):
    git(tmp_path, "init", "--quiet")
    assert checkout_commit(tmp_path) is None


def test_without_git_there_is_no_commit(checkout, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert checkout_commit(checkout) is None
