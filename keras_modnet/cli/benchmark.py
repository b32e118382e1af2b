"""Runs one of the measurements in `benchmarks/` of the source tree, to which flags go on, or lists them.

Example:
    keras-modnet benchmark
    keras-modnet benchmark demo --output_dir=demo_output
"""

from pathlib import Path

from keras_modnet.cli.command import Command, WrongArgumentError, flag_values
from keras_modnet.cli.source_tree import run_program

FLAGS = flag_values()


def run(words, values):
    """Runs the measurement in a process of its own."""
    names = sorted(path.parent.name for path in Path("benchmarks").glob("*/__main__.py"))
    if not names:
        raise WrongArgumentError("expected the root of a source tree of keras_modnet, with 'benchmarks' in it")
    if not words:
        print("\n".join(names))
        return
    name = next(word for word in words if not word.startswith("-"))
    if name not in names:
        raise WrongArgumentError(f"NAME must be one of {', '.join(names)}. Received: {name!r}")
    run_program(f"benchmarks.{name}", [word for word in words if word != name])


COMMAND = Command("benchmark", __doc__, "[NAME]", (0, 1), FLAGS, run, passes_on=True)
