"""Faults that happen to trainings; each function brings one about and says what it came to."""

import json
import math
import signal

from benchmarks.interruptions.recipe_files import write_data, write_recipe


def _outcome(wanted, seen, line=""):
    """Returns what is stored of a fault: what is wanted, whether it came, and the line that was said."""
    return {"wanted": wanted, "as_wanted": bool(seen), "line": line.replace("\n", " ")}


def _whole(command):
    """Returns the result of a training that nothing happens to, in a folder beside it."""
    other = type(command)(command.recipe, command.data, command.output.with_name("whole"), command.strategy)
    other.run()
    return other.result()


def _without_folders(command, line):
    return line.replace(str(command.output.parent), "DIR")


def folder_that_takes_no_file(command):
    """The output folder lies below a file."""
    command.output = command.recipe / "run"
    code, output, line = command.run()
    fits = code == 1 and "epoch" not in output and "cannot write" in line
    return _outcome("exit code 1 before the first step, one line", fits, _without_folders(command, line))


def full_disk(command):
    """No file may be longer than 8 KB."""
    code, output, line = command.run(file_bytes=8192)
    left = list(command.output.rglob("*.partial"))
    fits = code == 1 and "epoch" not in output and "cannot write" in line and not left
    return _outcome(
        "exit code 1 before the first step, one line, no part of a file", fits, line.split(str(command.output))[-1]
    )


def signal_to_stop(command):
    """SIGTERM after the first epoch, then the same command."""
    whole = _whole(command)
    code, line, _ = command.signalled(signal.SIGTERM)
    again, _, _ = command.run()
    fits = code == 1 and again == 0 and "goes on from there" in line and command.result() == whole
    return _outcome("exit code 1, one line; then the same bits", fits, line)


def truncated_checkpoint(command):
    """The newest checkpoint is cut in half."""
    return _damaged(command, lambda content: content[: len(content) // 2])


def changed_checkpoint(command):
    """A byte in the middle of the newest checkpoint is another one."""

    def changed(content):
        middle = len(content) // 2
        return content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]

    return _damaged(command, changed)


def _damaged(command, change):
    whole = _whole(command)
    command.signalled(signal.SIGTERM)
    newest = command.newest_checkpoint()
    newest.write_bytes(change(newest.read_bytes()))
    code, output, _ = command.run()
    said = [line for line in output.splitlines() if newest.name in line]
    fits = code == 0 and len(said) == 1 and command.result() == whole
    line = said[0][said[0].index(newest.name) :] if said else ""
    return _outcome("one line that names the file; then the same bits", fits, line)


def damaged_result(command):
    """`seed_0.json` of a run of two seeds is cut in half before the second seed has ended."""
    command.flags = ("--seeds=0,1",)
    process = command.start()
    seen = (line for line in process.stdout if line.startswith("seed 1"))
    next(seen)
    process.kill()
    process.communicate()
    weights, curves = command.result()
    path = command.output / "seed_0.json"
    path.write_text(path.read_text()[:200])
    command.flags = ()
    code, output, _ = command.run()
    said = [line for line in output.splitlines() if "seed_0.json" in line]
    trained = any(line.startswith("epoch") for line in output.splitlines())
    fits = code == 0 and len(said) == 1 and not trained and command.result() == (weights, curves)
    return _outcome(
        "one line that names the file; from the last checkpoint", fits, said[0].split("/")[-1] if said else ""
    )


def exploding_loss(command):
    """The learning rate is 1e20."""
    write_recipe(command.recipe.parent, "searching", 4, rate=1e20)
    code, _, line = command.run()
    fits = code == 1 and not (command.output / "seed_0.json").exists() and command.newest_checkpoint() is not None
    return _outcome("exit code 1, one line, no result; the last good state is kept", fits, line)


def exploding_loss_with_retries(command):
    """The learning rate is 100, with as many retries, at half the rate each, as it takes."""
    write_recipe(command.recipe.parent, "searching", 4, rate=100)
    command.flags = ("--retries=20",)
    code, output, line = command.run()
    said = [text for text in output.splitlines() if "going back" in text]
    history = json.loads((command.output / "seed_0.json").read_text())["history"] if code == 0 else {"loss": [math.nan]}
    fits = code == 0 and said and all(math.isfinite(value) for value in history["loss"])
    return _outcome("goes back at half the rate until it trains", fits, said[-1] if said else line)


def label_outside(command):
    """One label is 10 of 10 classes."""
    write_data(command.data, wrong_label=10)
    code, output, line = command.run()
    fits = code == 1 and "epoch" not in output and "511" in line
    return _outcome("exit code 1 before the first step, one line with the index", fits, line)


def wrong_argument(command):
    """An unknown data folder."""
    command.data = command.data / "nowhere"
    code, _, line = command.run()
    return _outcome("exit code 2, one line", code == 2, _without_folders(command, line))
