"""The page `docs/own_preset.md`, done as it says: two presets, and another machine that loads them."""

import os
import pathlib
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from unittest import mock

import numpy as np
import pytest
from absl import flags
from absl.testing import flagsaver

import keras_modnet
from keras_modnet.presets import describe_preset, read_preset
from training.data import DATA_SETS
from training.run import main

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "own_preset.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```python file=(\S+)\n(.*?)```", PAGE, re.DOTALL))
COMMANDS = re.findall(r"```sh\n(.*?)\n```", PAGE, re.DOTALL)
ON_THE_OTHER_MACHINE = """
import runpy
import numpy as np
import keras_modnet
runpy.run_path("use.py")
images = np.load("answers.npz")["images"]
np.save("by_recipe.npy", keras_modnet.from_preset("./bars_by_recipe").predict(images, verbose=0))
"""


@pytest.fixture(scope="module")
def first_machine(tmp_path_factory):
    """A folder in which everything was done that the page does on the first machine."""
    folder = tmp_path_factory.mktemp("first")
    for name, code in FILES.items():
        (folder / name).write_text(code)
    former = pathlib.Path.cwd()
    os.chdir(folder)
    try:
        for name in ("make_data.py", "train_bars.py", "revise.py"):
            runpy.run_path(name)
        for line in COMMANDS:
            run_command(line)
    finally:
        os.chdir(former)
    return folder


def run_command(line):
    """Runs `python -m training.run` and its options in this process, where everything is imported and compiled."""
    python, option, module, *arguments = shlex.split(line)
    assert (python, option, module) == ("python", "-m", "training.run")
    # The recipe makes its data known; other tests are not to know it.
    with flagsaver.flagsaver(), mock.patch.dict(DATA_SETS):
        flags.FLAGS([module, *arguments])
        main([module])


def test_every_block_of_the_page_is_run():
    assert list(FILES) == ["make_data.py", "train_bars.py", "bars.py", "use.py", "revise.py"]
    assert PAGE.count("```") == 2 * (len(FILES) + len(COMMANDS))


def test_another_machine_gives_the_same_answers(first_machine, tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    # What is installed there: the library, and not the recipes of the checkout.
    (library / "keras_modnet").symlink_to(ROOT / "keras_modnet")
    other = tmp_path / "other"
    other.mkdir()
    for name in ("bars", "bars_by_recipe"):
        shutil.copytree(first_machine / name, other / name)
    for name in ("answers.npz", "use.py"):
        shutil.copy(first_machine / name, other / name)
    environment = os.environ | {"PYTHONPATH": str(library)}
    command = [sys.executable, "-c", ON_THE_OTHER_MACHINE]
    finished = subprocess.run(command, cwd=other, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    answers = np.load(first_machine / "answers.npz")
    assert str(answers["logits"][:4].argmax(-1)) in finished.stdout
    own = keras_modnet.from_preset(str(first_machine / "bars_by_recipe")).predict(answers["images"], verbose=0)
    np.testing.assert_allclose(np.load(other / "by_recipe.npy"), own, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["bars", "bars_by_recipe"])
def test_the_cards_say_what_was_measured(first_machine, name):
    text, info = (first_machine / name / "README.md").read_text(), describe_preset(first_machine / name)
    assert f"| bars | {info.accuracy['bars']:.2f} | {info.accuracy['bars']:.2f} |" in text
    assert "CC0-1.0" in text
    assert "Seed 0; the weights are those of seed 0" in text


def test_the_card_of_the_recipe_names_no_folder_of_this_machine(first_machine):
    text = (first_machine / "bars_by_recipe" / "README.md").read_text()
    assert "Recipe `bars.py`." in text
    assert "--recipe=bars.py --seeds=0 --output_dir=runs/bars_by_recipe" in text
    assert str(first_machine) not in text + (first_machine / "bars_by_recipe" / "metadata.json").read_text()


def test_revised_words_are_on_the_card_and_in_its_facts(first_machine):
    assert "no noise above 63" in (first_machine / "bars" / "README.md").read_text()
    assert read_preset(first_machine / "bars").metadata["card"]["limits"].startswith("One bar an image")
