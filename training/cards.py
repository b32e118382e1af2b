"""Writes the card of every preset in the zoo anew from its metadata.json; weights keep every byte.

Example:
    python -m training.cards
    python -m training.cards --check
"""

import itertools
import pathlib
import sys

from absl import app, flags

from keras_modnet.analysis import render_card
from keras_modnet.presets import PresetError, revise_card
from keras_modnet.presets.files import read_listed_file
from keras_modnet.presets.reading import read_metadata
from training.card_words import card_words
from training.publish import PICTURE
from training.recipe_files import find_recipe, recipe_file, recipe_names

CARD = "README.md"
ZOO = pathlib.Path(__file__).resolve().parent.parent / "zoo"
ZOO_DIR = flags.DEFINE_string("zoo_dir", None, "Folder of the presets; default: zoo/ of this checkout.")
CHECK = flags.DEFINE_bool("check", False, "Write nothing; say where a card differs; exit code 1 if one does.")
WORDS = flags.DEFINE_bool(
    "words_from_recipes", False, "First take description, licence, limits, intended use and data from the recipes."
)


def main(argv):
    """Writes or checks all cards; returns the exit code."""
    if len(argv) > 1:
        raise app.UsageError(f"unexpected arguments {argv[1:]}; options start with --")
    folders = preset_folders(ZOO if ZOO_DIR.value is None else ZOO_DIR.value)
    if not folders:
        raise app.UsageError(f"--zoo_dir must be a folder of preset folders. Received: {ZOO_DIR.value!r}")
    faults = [folder.name for folder in folders if not _bring_in_line(folder)]
    return 1 if faults else 0


def _bring_in_line(folder):
    """Writes or checks one card and says how it went; returns whether it is now as it has to be."""
    try:
        fault = find_fault(folder, WORDS.value)
        if fault is not None and not CHECK.value:
            revise_card(folder, *rendered(folder, WORDS.value))
            print(f"{folder.name}: written")
            return True
    except PresetError as error:
        fault = str(error)
    if fault is None:
        print(f"{folder.name}: as its metadata.json says")
        return True
    print(f"{folder.name}: {fault}", file=sys.stderr)
    return False


def preset_folders(zoo_dir):
    """Returns the paths of the preset folders in `zoo_dir`, sorted."""
    return sorted(path.parent for path in pathlib.Path(zoo_dir).glob("[!.]*/metadata.json"))


def rendered(folder, words_from_recipes=False):
    """Returns the facts of a preset's card and the text that follows from them.

    Args:
        folder: path of the preset folder.
        words_from_recipes: whether facts that follow from no run are taken from the recipe, where it is one of
            `training/recipes`.

    Raises:
        PresetError: `metadata.json` is missing, altered or malformed.
    """
    metadata = read_metadata(folder)
    card = metadata["card"]
    if words_from_recipes:
        files = {recipe_file(name): name for name in recipe_names()}
        name = files.get(str(card.get("recipe")))
        card = card if name is None else card | card_words(find_recipe(name))
    picture = PICTURE if PICTURE in metadata["files"] else None
    return card, render_card(folder.name, card, picture)


def find_fault(folder, words_from_recipes=False):
    """Returns what is wrong with a preset's card, one line that names the first line that differs; None if nothing is.

    Args:
        folder: path of the preset folder.
        words_from_recipes: as `rendered` takes it.

    Raises:
        PresetError: `metadata.json` is missing, altered or malformed, or says something else of the card's bytes.
    """
    card, text = rendered(folder, words_from_recipes)
    metadata = read_metadata(folder)
    path = folder / CARD
    if not path.is_file() or CARD not in metadata["files"]:
        return f"{CARD}: expected a card that metadata.json lists; found none"
    found = path.read_bytes().decode(errors="replace")
    pairs = itertools.zip_longest(text.splitlines(keepends=True), found.splitlines(keepends=True))
    for number, (expected_line, found_line) in enumerate(pairs, start=1):
        if expected_line != found_line:
            return f"{CARD}, line {number}: expected {expected_line!r}; found {found_line!r}"
    if card != metadata["card"]:
        return "metadata.json: expected the words of the recipe; found others"
    read_listed_file(path, metadata["files"][CARD])
    return None


if __name__ == "__main__":
    app.run(main)
