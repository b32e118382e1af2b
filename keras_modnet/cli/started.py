"""Whether this process is the command line, which answers before Keras and its backend are imported."""

import os
import sys

PROGRAM, PACKAGE = "keras-modnet", "keras_modnet"


def is_command_line():
    """Returns whether the process was started as `keras-modnet` or as `python -m keras_modnet`."""
    called = os.path.basename(sys.argv[0]).removesuffix(".exe") if sys.argv else ""
    words = sys.orig_argv
    # While Python looks for the module to run, `sys.argv` names none.
    runs_package = "-m" in words and words[words.index("-m") + 1 : words.index("-m") + 2] == [PACKAGE]
    return called == PROGRAM or (called == "-m" and runs_package)
