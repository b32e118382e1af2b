"""The Python of the README and of a guide runs as it stands."""

import pathlib
import re

import keras
import numpy as np
import pytest

import keras_modnet

ROOT = pathlib.Path(__file__).parents[2]


@pytest.mark.parametrize("document", ["README.md", "docs/layers.md"])
def test_the_code_of_a_document_runs(document, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = "\n".join(re.findall(r"```python\n(.*?)```", (ROOT / document).read_text(), re.DOTALL))
    generator = np.random.default_rng(0)
    names = {
        "keras": keras,
        "keras_modnet": keras_modnet,
        "images": generator.integers(0, 256, (20, 28, 28, 1)).astype("uint8"),
        "labels": np.arange(20) % 10,
    }
    exec(compile(code, document, "exec"), names)
    if document == "README.md":
        assert names["result"].ordering_after.is_hard
        assert names["exported"].path.joinpath("saved_model.pb").is_file()
        assert (tmp_path / "orderings.png").is_file()


def test_the_links_of_the_documents_lead_somewhere():
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("zoo/*/README.md")]
    assert len(documents) > 8
    for document in documents:
        for target in re.findall(r"\]\((?!http)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
