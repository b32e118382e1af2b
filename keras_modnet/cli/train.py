"""Trains a preset by a recipe of the source tree; flags go on to `python -m training.run`, whose --help lists them.

Example:
    keras-modnet train digits_reuse --output_dir=runs/digits --preset_dir=mine --seeds=0 --epochs=2
"""

from keras_modnet.cli.command import Command, flag_values
from keras_modnet.cli.source_tree import run_program

FLAGS = flag_values()


def run(words, values):
    """Runs the training in a process of its own."""
    recipe = next(word for word in words if not word.startswith("-"))
    run_program("training.run", [f"--recipe={recipe}", *(word for word in words if word != recipe)])


COMMAND = Command("train", __doc__, "RECIPE", (1, 1), FLAGS, run, passes_on=True)
