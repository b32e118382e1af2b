"""The commands that run programs of the source tree, which the wheel does not hold."""

import importlib.util
import subprocess
import sys

from keras_modnet.cli.command import WrongArgumentError


def run_program(module, words):
    """Runs a program of the source tree in a process of its own, as `python -m` does.

    Args:
        module: dotted name of the program, or of the package whose program it is.
        words: its words and flags.

    Raises:
        WrongArgumentError: it is not there, as outside of a source tree.
        RuntimeError: it failed; it has said why.
    """
    if "" not in sys.path:
        # As `python -m` finds it: in the folder that it is called in.
        sys.path.insert(0, "")
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise WrongArgumentError(f"expected the root of a source tree of keras_modnet, with {module!r} in it")
    code = subprocess.run([sys.executable, "-m", module, *words], check=False).returncode
    if code:
        raise RuntimeError(f"{module} ended with exit code {code}")
