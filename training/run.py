"""Runs a recipe over several seeds, writes results.json, and on demand a preset. Killed anywhere, it goes on.

Example:
    python -m training.run --recipe=digits_reuse --seeds=0,1,2 --output_dir=runs/digits_reuse \
        --preset_dir=zoo/digits_reuse
"""

import dataclasses
import json
import pathlib
import shlex

from absl import app, flags

from training.command import run_command
from training.recipe_files import find_recipe, recipe_file

RECIPE = flags.DEFINE_string(
    "recipe", None, "Name of a file in training/recipes without its ending, or the path of a .py file of your own."
)
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
CONTROLS = flags.DEFINE_multi_string(
    "controls", [], "NAME=FOLDER: the --output_dir of another run, for the card to compare with; may be repeated."
)
MIXED_PRECISION = flags.DEFINE_boolean("mixed_precision", False, "Compute in bfloat16, keep variables in float32.")
STRATEGY = flags.DEFINE_enum(
    "strategy", "none", ["none", "mirrored", "multi_worker", "tpu"], "tf.distribute strategy of the training."
)
CHECKPOINT_EVERY = flags.DEFINE_integer(
    "checkpoint_every", None, "Steps between two checkpoints; default: about a minute.", lower_bound=1
)
RETRIES = flags.DEFINE_integer(
    "retries", 0, "How often to go back, at half the rate, where the loss is no number or explodes.", lower_bound=0
)
STEPS_PER_EXECUTION = flags.DEFINE_integer(
    "steps_per_execution", 1, "Steps that the devices run in one call; a TPU wants several.", lower_bound=1
)
SKIP_BAD_IMAGES = flags.DEFINE_integer(
    "skip_bad_images", 0, "Images of each data set that may be left out because they cannot be read.", lower_bound=0
)


def main(argv):
    """Trains what is missing and writes what was asked for."""
    if len(argv) > 1:
        raise app.UsageError(f"unexpected arguments {argv[1:]}; options start with --")
    # What is answered at once comes first.
    seeds = [_seed(text) for text in SEEDS.value]
    if DATA_DIR.value is not None and not pathlib.Path(DATA_DIR.value).is_dir():
        raise app.UsageError(f"--data_dir must be a folder. Received: {DATA_DIR.value!r}")
    recipe = find_recipe(RECIPE.value)
    if EPOCHS.value is not None:
        recipe = _shortened(recipe, EPOCHS.value)
    if MIXED_PRECISION.value:
        recipe = dataclasses.replace(recipe, model=recipe.model | {"dtype": "mixed_bfloat16"})
    controls = dict(_control(text) for text in CONTROLS.value)
    if controls and PRESET_DIR.value is None:
        raise app.UsageError("--controls needs --preset_dir, whose card shows them")
    # Imported late, so that --help and a wrong argument answer at once.
    from training.output import try_folder
    from training.seeds import RunOptions, run_seeds

    if PRESET_DIR.value is not None:
        try_folder(pathlib.Path(PRESET_DIR.value).resolve().parent)
    options = RunOptions(
        data_dir=DATA_DIR.value,
        limit=LIMIT.value,
        strategy=STRATEGY.value,
        checkpoint_every=CHECKPOINT_EVERY.value,
        retries=RETRIES.value,
        steps_per_execution=STEPS_PER_EXECUTION.value,
        skip_bad_images=SKIP_BAD_IMAGES.value,
    )
    results = run_seeds(recipe, seeds, OUTPUT_DIR.value, options)
    if results is None:
        # One of several machines, and not the one that writes.
        return
    print(json.dumps(results["accuracy_percent"], indent=2))
    if PRESET_DIR.value is not None:
        from training.publish import publish

        origin = {"recipe": recipe_file(RECIPE.value), "command": command_line(recipe.name)}
        preset = publish(recipe, results, OUTPUT_DIR.value, PRESET_DIR.value, origin, controls)
        print(f"preset written to {preset}")


def command_line(name):
    """Returns the command that was run, for the card: folders of this machine under the names that others would use.

    Args:
        name: name of the recipe.
    """
    own = RECIPE.value != name
    options = {
        "recipe": pathlib.Path(RECIPE.value).name,
        "seeds": ",".join(SEEDS.value),
        "output_dir": f"runs/{name}",
        "preset_dir": name if own else f"zoo/{name}",
        "data_dir": DATA_DIR.value and "DATA_DIR",
        "epochs": EPOCHS.value,
        "limit": LIMIT.value,
        "strategy": None if STRATEGY.value == "none" else STRATEGY.value,
        "skip_bad_images": SKIP_BAD_IMAGES.value or None,
        "retries": RETRIES.value or None,
    }
    words = [f"--{option}={value}" for option, value in options.items() if value is not None]
    for text in CONTROLS.value:
        control, _, folder = text.partition("=")
        words.append(f"--controls={control}=runs/{pathlib.Path(folder).resolve().name}")
    return shlex.join(["python", "-m", "training.run", *words])


def _control(text):
    name, _, folder = text.partition("=")
    path = pathlib.Path(folder) / "results.json"
    if not (name and folder and path.is_file()):
        raise app.UsageError(f"--controls must be NAME=FOLDER, a folder with results.json. Received: {text!r}")
    return name, json.loads(path.read_text())


def _shortened(recipe, epochs):
    try:
        return recipe.shortened(epochs)
    except ValueError as error:
        raise app.UsageError(f"--epochs: {error}") from error


def _seed(text):
    if not text.isdigit():
        raise app.UsageError(f"--seeds must be whole numbers, separated by commas. Received: {text!r}")
    return int(text)


def failures():
    """Returns the errors that say all in one line."""
    from keras_modnet.presets import PresetError
    from training.interrupts import StoppedError
    from training.keeping import LossError

    return (OSError, ValueError, ImportError, LossError, StoppedError, PresetError)


if __name__ == "__main__":
    flags.mark_flags_as_required(["recipe", "output_dir"])
    run_command(main, failures)
