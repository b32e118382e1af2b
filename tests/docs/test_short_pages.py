"""The examples of further pages run in this process, in the order of the page and without a warning.

Pages that look at what TensorFlow itself writes to its log are in test_examples.py.
"""

import pathlib
import re

import keras
import numpy as np
import pytest
from PIL import Image
from test_examples import PAGES

import keras_modnet
from keras_modnet.layers import blocks
from keras_modnet.models.modnet import ModNet

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"```python.*?\n(.*?)```", re.DOTALL)
# Their tests do what they say: test_own_preset.py, tests/export/test_documented_requests.py, test_troubleshooting.py.
WITH_TESTS_OF_THEIR_OWN = {"own_preset.md", "serving.md", "troubleshooting.md"}


def code_of(page):
    return BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))


def made_up(count, shape, num_classes):
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (count, *shape)).astype("uint8"), np.arange(count) % num_classes


def shorter(function, **fixed):
    return lambda *args, **options: function(*args, **(options | fixed))


def of_domains(replace):
    replace("ModNet", shorter(ModNet, width=8, patch_size=7))
    replace("fit_domains", shorter(keras_modnet.fit_domains, batches=4))
    (ink, labels), (photographs, more) = made_up(40, (28, 28, 1), 10), made_up(40, (28, 28, 1), 10)
    return {
        "ink_images": ink,
        "ink_labels": labels,
        "photo_images": photographs,
        "photo_labels": more,
        "new_images": 255 - ink,
    }


def of_banks(replace):
    replace("from_preset", lambda name: ModNet((28, 28, 3), {"features": None}, num_blocks=3, num_steps=3, width=8))
    replace("adapt_task", shorter(keras_modnet.adapt_task, epochs=2))
    files = [f"{number}.jpg" for number in range(40)]
    photographs, _ = made_up(len(files), (30, 40, 3), 20)
    for file, photograph in zip(files, photographs, strict=True):
        Image.fromarray(photograph).save(file)
    return {"files": files, "labels": np.arange(40) % 20}


def of_presets(replace):
    names = [f"class {number}" for number in range(5)]
    tasks = {"imagenet": {"num_classes": 5, "class_names": names}}
    replace("from_checkpoint", lambda *args, **options: ModNet((28, 28, 3), tasks, num_steps=9, width=8))
    replace("upload_preset", lambda folder, handle: handle)
    return {"images": made_up(2, (28, 28, 3), 5)[0]}


PREPARED = {
    "ideas.md": lambda replace: {},
    "workflows.md": lambda replace: {},
    "layers.md": lambda replace: {},
    "domains.md": of_domains,
    "published_banks.md": of_banks,
    "presets.md": of_presets,
}


def test_no_page_with_examples_is_left_out():
    with_examples = {page.name for page in DOCS.glob("*.md") if code_of(page.name)}
    in_processes = {page.removeprefix("docs/") for page in PAGES} - {"README.md"}
    assert with_examples == {*PREPARED, *in_processes, *WITH_TESTS_OF_THEIR_OWN}


# The page of presets makes a task with a fresh head, of which one warning tells.
@pytest.mark.filterwarnings("ignore:Task 'new' has the bank")
@pytest.mark.parametrize("page", PREPARED)
def test_the_examples_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Kinds of blocks that the page registers are not to outlive it.
    monkeypatch.setattr(blocks, "_kinds", dict(blocks._kinds))
    names = {"keras": keras, "keras_modnet": keras_modnet}
    names |= PREPARED[page](lambda name, value: monkeypatch.setattr(keras_modnet, name, value))
    for code in code_of(page):
        exec(code, names)
