"""What all model hubs have in common: the forms of their handles, their packages, their errors."""

import contextlib
import importlib

from keras_modnet.presets.errors import PresetError

FORMS = {
    "hf": "hf://OWNER/NAME or hf://OWNER/NAME@REVISION",
    "kaggle": "kaggle://OWNER/MODEL/FRAMEWORK/VARIATION or kaggle://OWNER/MODEL/FRAMEWORK/VARIATION/VERSION",
    "gs": "gs://BUCKET/PATH",
}
"""What a handle looks like, by scheme."""


def split_handle(handle, pattern, scheme):
    """Returns the groups of a compiled `pattern` that matches the whole handle; `PresetError` if it does not."""
    match = pattern.fullmatch(handle)
    if match is None:
        raise PresetError(handle, FORMS[scheme], "a handle of another form")
    return match.groups()


def import_hub(handle, module, package):
    """Returns the module of a hub's package; `PresetError` with the command that installs it if there is none.

    Args:
        handle: the handle that needs it, for the error.
        module: dotted name.
        package: name under which pip knows the package.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise PresetError(handle, f"the package {package}", f"{error}; install it: pip install {package}") from error


@contextlib.contextmanager
def hub_errors(handle, expected):
    """Turns whatever a hub's package raises into one `PresetError` of one line.

    Args:
        handle: the handle at work.
        expected: a phrase that says what the hub was asked for.
    """
    try:
        yield
    except PresetError:
        raise
    except Exception as error:
        # Hubs raise errors of several HTTP packages that have no base in common. The cause stays attached.
        lines = str(error).split("\n")
        reason = " ".join(line.strip() for line in lines if line.strip())[:300]
        raise PresetError(handle, expected, f"{type(error).__name__}: {reason}") from error
