"""`python -m training.cards`: the text of every card follows from its metadata.json."""

import re
import shutil

import pytest
from absl import flags
from absl.testing import flagsaver

import keras_modnet
from keras_modnet.presets import read_preset, revise_card, zoo_folder
from keras_modnet.presets.reading import read_metadata
from training import cards

ZOO = cards.preset_folders(zoo_folder())
MEASURED = [folder for folder in ZOO if "measured" in read_metadata(folder)["card"]]


def run(*options):
    with flagsaver.flagsaver():
        return cards.main(flags.FLAGS(["cards", *options]))


@pytest.fixture
def zoo(tmp_path):
    """A copy of a preset of the zoo, under another name."""
    shutil.copytree(zoo_folder() / "digits_reuse", tmp_path / "zoo" / "copied")
    run(f"--zoo_dir={tmp_path / 'zoo'}")
    return tmp_path / "zoo"


@pytest.mark.parametrize("folder", ZOO, ids=lambda folder: folder.name)
def test_the_card_of_a_preset_is_what_its_metadata_say(folder):
    assert cards.find_fault(folder) is None


@pytest.mark.parametrize("folder", ZOO, ids=lambda folder: folder.name)
def test_the_words_on_the_card_of_a_preset_are_those_of_its_recipe(folder):
    assert cards.find_fault(folder, words_from_recipes=True) is None


@pytest.mark.parametrize("folder", MEASURED, ids=lambda folder: folder.name)
def test_the_card_and_the_list_of_presets_show_the_same_figures(folder):
    presets = keras_modnet.list_presets()
    lines, card = str(presets).splitlines(), (folder / "README.md").read_text()
    # Behind the line of a preset come those of its tasks.
    first = next(number for number, line in enumerate(lines) if line.split()[0] == folder.name)
    info = presets[folder.name]
    assert info.accuracy
    for listed, task in zip(lines[first + 1 :], info.tasks, strict=False):
        # The first row of a task is that of its results. Two spaces part the columns of the list.
        cells = next(line for line in card.splitlines() if line.startswith(f"| {task} |")).strip("| ").split(" | ")
        figures = re.split(r"  +", listed.strip())
        assert figures[0] == task
        shared = {"accuracy": cells[1], "macs": cells[-2], "latency": cells[-1]}
        assert shared == {name: figure for name, figure in shared.items() if figure in figures}
    assert f"{info.unique_parameters:,}" in lines[first]
    assert f"{info.unique_parameters:,} parameters" in card
    assert f"## Licence of the weights\n\n{info.licence}\n" in card


def test_a_card_in_line_is_left_alone(zoo, capsys):
    before = (zoo / "copied" / "metadata.json").stat().st_mtime_ns
    assert run(f"--zoo_dir={zoo}") == run(f"--zoo_dir={zoo}", "--check") == 0
    assert (zoo / "copied" / "metadata.json").stat().st_mtime_ns == before
    assert capsys.readouterr().out.endswith("copied: as its metadata.json says\n" * 2)


def test_a_card_edited_by_hand_is_found_and_written_anew(zoo, capsys):
    readme, weights = zoo / "copied" / "README.md", zoo / "copied" / "model.safetensors"
    text, data = readme.read_text(), weights.read_bytes()
    readme.write_text(text.replace("98.92", "99.92"))
    assert run(f"--zoo_dir={zoo}", "--check") == 1
    number = 1 + next(n for n, line in enumerate(text.splitlines()) if "98.92" in line)
    error = capsys.readouterr().err
    assert error.startswith(f"copied: README.md, line {number}: expected '| mnist | 98.92 ")
    assert "found '| mnist | 99.92 " in error
    assert "99.92" in readme.read_text()
    assert run(f"--zoo_dir={zoo}") == 0
    assert (readme.read_text(), weights.read_bytes()) == (text, data)
    read_preset(zoo / "copied")


@pytest.mark.parametrize("damage", ["missing", "longer", "other line ends"])
def test_every_difference_is_one(zoo, damage, capsys):
    readme = zoo / "copied" / "README.md"
    data = readme.read_bytes()
    if damage == "missing":
        readme.unlink()
    else:
        readme.write_bytes(data + b"more\n" if damage == "longer" else data.replace(b"\n", b"\r\n"))
    assert run(f"--zoo_dir={zoo}", "--check") == 1
    assert capsys.readouterr().err.startswith("copied: README.md")
    assert run(f"--zoo_dir={zoo}") == 0
    assert readme.read_bytes() == data


def test_other_words_come_from_the_recipe_alone_when_asked_for(zoo):
    folder = zoo / "copied"
    card, text = cards.rendered(folder)
    revise_card(folder, card | {"limits": "None."}, text)
    assert run(f"--zoo_dir={zoo}") == 0
    assert "## Limits\n\nNone.\n" in (folder / "README.md").read_text()
    assert run(f"--zoo_dir={zoo}", "--words_from_recipes") == 0
    assert (folder / "README.md").read_text() == text
    assert read_preset(folder).metadata["card"] == card


def test_damage_elsewhere_is_reported_and_not_sealed(zoo, capsys):
    path = zoo / "copied" / "metadata.json"
    path.write_text(path.read_text().replace("98.92", "99.92"))
    before = path.read_bytes()
    for options in ([], ["--check"]):
        assert run(f"--zoo_dir={zoo}", *options) == 1
        assert "the file was changed" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_folder_without_presets_is_refused(tmp_path):
    with pytest.raises(cards.app.UsageError, match="--zoo_dir must be a folder of preset folders"):
        run(f"--zoo_dir={tmp_path}")
