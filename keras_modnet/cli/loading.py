"""The model that a command works on."""

import os
import sys
from pathlib import Path

from absl import flags

from keras_modnet.cli.command import WrongArgumentError


def define_preset(values, default):
    """Defines the flags that `load_model` reads.

    Args:
        values: the command's `FlagValues`.
        default: preset where the flag is not given.
    """
    flags.DEFINE_string("preset", default, "Name, folder or handle of the preset.", flag_values=values)
    flags.DEFINE_string("task_file", None, "A task that `adapt` wrote for this preset, .modnet.", flag_values=values)


def load_model(values):
    """Returns `(model, task)`: the model of the flags, and the task of the file, or the preset's default one."""
    from keras_modnet.models.from_preset import from_preset

    model = from_preset(values.preset)
    if values.task_file is None:
        return model, model.default_task
    before = set(model.task_names)
    model.load_task(values.task_file)
    return model, next(name for name in model.task_names if name not in before)


def expect_new(flag, path):
    """Raises `WrongArgumentError` where the result of long work could not be written, before the work.

    Args:
        flag: name of the flag.
        path: what was given.
    """
    path = Path(path).expanduser()
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise WrongArgumentError(f"--{flag} must be a path where nothing is yet. Received: {str(path)!r}")
    # Made by whoever writes; here nothing changes.
    above = next(folder for folder in path.absolute().parents if folder.exists())
    if not (above.is_dir() and os.access(above, os.W_OK)):
        raise WrongArgumentError(f"--{flag} must lie in a folder that can be written to. Received: {str(path)!r}")


def shows_progress():
    """Returns whether somebody looks at the output: progress in a file or a pipe is noise."""
    return sys.stdout.isatty()
