"""Runs a recipe over several seeds, writes results.json, and on demand a preset.

Example:
    python -m training.run --recipe=digits_reuse --seeds=0,1,2 --output_dir=runs/digits_reuse \
        --preset_dir=zoo/digits_reuse
"""

import dataclasses
import importlib
import json
import pathlib
import pkgutil

from absl import app, flags

RECIPE = flags.DEFINE_string("recipe", None, "Name of a file in training/recipes, without its ending.")
DATA_DIR = flags.DEFINE_string("data_dir", None, "Folder of arrays, NAME.npz each; default: tensorflow-datasets.")
SEEDS = flags.DEFINE_list("seeds", ["0", "1", "2"], "Seeds to train; the first one is what a preset ships.")
OUTPUT_DIR = flags.DEFINE_string(
    "output_dir", None, "Folder of the results; a seed that is there is not trained again."
)
PRESET_DIR = flags.DEFINE_string("preset_dir", None, "Folder to write the preset to; default: none is written.")
EPOCHS = flags.DEFINE_integer(
    "epochs", None, "Epochs in place of the recipe's, the search in proportion.", lower_bound=1
)
LIMIT = flags.DEFINE_integer("limit", None, "Images of each task and split at most, for a quick try.", lower_bound=1)
MIXED_PRECISION = flags.DEFINE_boolean("mixed_precision", False, "Compute in bfloat16, keep variables in float32.")
STRATEGY = flags.DEFINE_enum("strategy", "none", ["none", "mirrored", "tpu"], "tf.distribute strategy of the training.")


def main(argv):
    """Trains what is missing and writes what was asked for."""
    if len(argv) > 1:
        raise app.UsageError(f"unexpected arguments {argv[1:]}; options start with --")
    recipe = find_recipe(RECIPE.value)
    if EPOCHS.value is not None:
        recipe = recipe.shortened(EPOCHS.value)
    if MIXED_PRECISION.value:
        recipe = dataclasses.replace(recipe, model=recipe.model | {"dtype": "mixed_bfloat16"})
    seeds = [_seed(text) for text in SEEDS.value]
    # Imported late, so that --help and a wrong argument answer at once.
    from training.seeds import run_seeds

    results = run_seeds(recipe, seeds, OUTPUT_DIR.value, DATA_DIR.value, LIMIT.value, STRATEGY.value)
    print(json.dumps(results["accuracy_percent"], indent=2))
    if PRESET_DIR.value is not None:
        from training.publish import publish

        print(f"preset written to {publish(recipe, results, OUTPUT_DIR.value, PRESET_DIR.value, DATA_DIR.value)}")


def recipe_names():
    """Returns the names of all recipes."""
    folder = pathlib.Path(__file__).parent / "recipes"
    return sorted(module.name for module in pkgutil.iter_modules([str(folder)]))


def find_recipe(name):
    """Returns the `Recipe` of `training/recipes/NAME.py`; `absl.app.UsageError` if there is none."""
    if name not in recipe_names():
        raise app.UsageError(f"--recipe must be one of {', '.join(recipe_names())}. Received: {name!r}")
    return importlib.import_module(f"training.recipes.{name}").RECIPE


def _seed(text):
    if not text.isdigit():
        raise app.UsageError(f"--seeds must be whole numbers, separated by commas. Received: {text!r}")
    return int(text)


if __name__ == "__main__":
    flags.mark_flags_as_required(["recipe", "output_dir"])
    app.run(main)
