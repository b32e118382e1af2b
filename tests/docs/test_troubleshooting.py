"""The messages on the page `docs/troubleshooting.md` are those that the code on it gives, and its remedies run."""

import pathlib
import re
import time
import urllib.error
import warnings

import numpy as np
import pytest
from PIL import Image

from keras_modnet.presets.sources import transfer

PAGE = (pathlib.Path(__file__).parents[2] / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
# A block, and what it says where that stands behind it.
BLOCK = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
# Warnings that no user sees: pyproject.toml says why.
UNSEEN = "__array__ implementation doesn't accept a copy keyword"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with photographs in it, a machine without a network, and a cache without downloads."""

    def refuse(*args, **kwargs):
        raise urllib.error.URLError("[Errno -2] Name or service not known")

    monkeypatch.setattr(transfer._OPENER, "open", refuse)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for name in ("robin", "tit"):
        folder = tmp_path / "photos" / name
        folder.mkdir(parents=True)
        for index in range(12):
            Image.fromarray(rng.integers(0, 256, (20, 24, 3)).astype("uint8")).save(folder / f"{index}.jpg")


@pytest.mark.usefixtures("place")
def test_the_page_says_what_the_code_says(capsys):
    names = {}
    for code, words in BLOCK.findall(PAGE):
        said = what_it_says(code, names, capsys)
        if words:
            assert matches(words, said), f"{code}\nsays\n{said}"
        else:
            assert "Error" not in said, f"{code}\nsays\n{said}"
            assert "Warning" not in said, f"{code}\nsays\n{said}"


def what_it_says(code, names, capsys):
    """Runs a block; returns what it prints, warns of and raises."""
    error = ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(code, names)
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
    warned = [f"{one.category.__name__}: {one.message}" for one in caught if UNSEEN not in str(one.message)]
    return "\n".join([capsys.readouterr().out, *warned, error])


def matches(words, said):
    """Whether the words of the page, in which "..." stands for anything, are in what was said; line ends count not."""
    words, said = " ".join(words.split()), " ".join(said.split())
    return re.search(".*".join(map(re.escape, words.split("..."))), said) is not None
