"""A preset says how its images were read when it was trained."""

import dataclasses
import json

import numpy as np
import pytest

from training.cards import ZOO
from training.checkpoint_entries import ENTRIES
from training.checkpoints import architectures
from training.recipe_files import find_recipe, recipe_names
from training.task_data import load_tasks


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in ZOO.glob("*/config.json")), ids=lambda path: path.name
)
def test_every_preset_has_the_rule_of_its_recipe_or_publisher(folder):
    stored = json.loads((folder / "config.json").read_text())["model"]["resizing"]
    if folder.name in recipe_names():
        assert stored == find_recipe(folder.name).resizing == "pad"
    else:
        entry = ENTRIES[folder.name]
        assert stored == architectures.DESCRIPTIONS[entry.architecture].arguments(entry.image_size)["resizing"]
        # As both were published: the short side to 256, and 224 of it.
        assert stored == {"mode": "crop", "short_side": 256, "interpolation": "bicubic"}


def test_a_recipe_reads_images_by_its_own_rule(tmp_path):
    images = np.full((2, 16, 8), 200, "uint8")
    arrays = {f"{part}_{split}": one for split in ("train", "test") for part, one in (("x", images), ("y", [0, 1]))}
    np.savez(tmp_path / "letters.npz", **arrays)
    recipe = dataclasses.replace(find_recipe("digits_reuse"), data={"letters": "letters"})
    padded = load_tasks(recipe, "test", tmp_path)["letters"][0]
    assert (padded[0, 3, :, 0] == [0] * 7 + [200] * 14 + [0] * 7).all()
    recipe = dataclasses.replace(recipe, model=recipe.model | {"resizing": "stretch"})
    assert (load_tasks(recipe, "test", tmp_path)["letters"][0] == 200).all()
