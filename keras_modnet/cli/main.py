"""`keras-modnet COMMAND ...`: finds the command, runs it, and says how it ended."""

import difflib
import importlib
import sys

from keras_modnet.cli.command import WrongArgumentError
from keras_modnet.cli.started import PROGRAM
from keras_modnet.version import __version__

COMMANDS = {
    "list": "the presets that ship with the package",
    "describe": "one preset: its tasks, orderings, accuracy and licence",
    "adapt": "a new task from a folder of images",
    "predict": "the likeliest classes of image files",
    "edit": "another ordering for a task",
    "export": "a SavedModel, ONNX or LiteRT",
    "plot": "pictures of the orderings",
    "train": "a preset from a recipe, in a source tree",
    "benchmark": "the measurements of the project, in a source tree",
}
DONE, FAILED, WRONG_ARGUMENT = 0, 1, 2


def main(words=None):
    """Runs a command and returns the exit code: 0 done, 1 failed, 2 a wrong argument; then one line says why.

    Args:
        words: the words of the command line behind the program's name; default those of the process.
    """
    words = sys.argv[1:] if words is None else list(words)
    try:
        return _run(words)
    except WrongArgumentError as error:
        return _say(error, WRONG_ARGUMENT)
    except KeyboardInterrupt:
        return _say("stopped", FAILED)
    except BrokenPipeError:
        # Whoever read the output has seen enough of it, as `head` does.
        sys.stderr.close()
        return FAILED
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        return _say(error, WRONG_ARGUMENT if _blames_argument(error) else FAILED)


def _run(words):
    if words[:1] in (["--help"], ["help"]):
        print(_overview())
        return DONE
    if words == ["--version"]:
        print(__version__)
        return DONE
    command = _command(words[0] if words else None)
    positional = command.parse(words[1:])
    if command.flags.help:
        print(command.help())
        return DONE
    command.run(positional, command.flags)
    return DONE


def _command(name):
    if name not in COMMANDS:
        near = difflib.get_close_matches(str(name), COMMANDS, 1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        received = "none" if name is None else repr(name)
        raise WrongArgumentError(f"COMMAND must be one of {', '.join(COMMANDS)}{hint}. Received: {received}")
    return importlib.import_module(f"keras_modnet.cli.{name}").COMMAND


def _overview():
    widest = max(map(len, COMMANDS))
    rows = [f"  {name:<{widest}}  {text}" for name, text in COMMANDS.items()]
    return "\n".join([f"Usage: {PROGRAM} COMMAND ... [flags]", "", *rows, "", f"{PROGRAM} COMMAND --help says more."])


def _blames_argument(error):
    from keras_modnet.presets.errors import PresetError

    # The library's own checks are of what the command line said; a damaged preset is a failure.
    return isinstance(error, ValueError) and not isinstance(error, PresetError)


def _say(error, code):
    print(f"{PROGRAM}: {' '.join(str(error).split())}", file=sys.stderr, flush=True)
    return code
