"""One call of `python -m training.run`, as a person makes it, and what it left."""

import dataclasses
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import time

from keras_modnet.presets.files import WEIGHTS_FILE

ROOT = pathlib.Path(__file__).parent.parent.parent
# What is compared of a history: seconds differ.
CURVES = ("loss", "learning_rate")


@dataclasses.dataclass
class Command:
    """The command of a training.

    Attributes:
        recipe: path of the recipe.
        data: folder of arrays.
        output: `--output_dir`.
        strategy: "none", or "mirrored" for two devices.
        flags: further flags.
    """

    recipe: pathlib.Path
    data: pathlib.Path
    output: pathlib.Path
    strategy: str = "none"
    flags: tuple = ()

    def words(self):
        """Returns the words of the command line."""
        module = "training.run" if self.strategy == "none" else "benchmarks.interruptions.two_devices"
        own = [f"--recipe={self.recipe}", f"--data_dir={self.data}", f"--output_dir={self.output}"]
        return [sys.executable, "-m", module, *own, "--seeds=0", f"--strategy={self.strategy}", *self.flags]

    def start(self, file_bytes=None):
        """Starts it; returns the process. `file_bytes` limits the size of its files, as a full disk would."""

        def limit():
            if file_bytes is not None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONDONTWRITEBYTECODE": "1"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            self.words(), cwd=ROOT, env=environment, text=True, preexec_fn=limit, start_new_session=True, **pipes
        )

    def run(self, file_bytes=None):
        """Runs it to its end.

        Returns:
            `(exit code, standard output, last line of standard error)`.
        """
        process = self.start(file_bytes)
        output, errors = process.communicate()
        lines = [line for line in errors.splitlines() if line.strip()]
        return process.returncode, output, lines[-1] if lines else ""

    def signalled(self, number, seconds=None):
        """Runs it until a signal.

        Args:
            number: the signal.
            seconds: when to send it, from the start of the process; None: after the first epoch.

        Returns:
            `(exit code, last line of standard error, how far it had come)`, "ended" where no signal was needed.
        """
        process = self.start()
        if seconds is None:
            next(line for line in process.stdout if line.startswith("epoch"))
        else:
            deadline = time.monotonic() + seconds
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.01)
        place = where(process, self.output)
        if process.poll() is None:
            process.send_signal(number)
        _, errors = process.communicate()
        lines = [line for line in errors.splitlines() if line.strip()]
        return process.returncode, lines[-1] if lines else "", place

    def result(self):
        """Returns the bytes of the weights, and the curves."""
        history = json.loads((self.output / "seed_0.json").read_text())["history"]
        curves = {name: values for name, values in history.items() if name in CURVES or "accuracy" in name}
        return (self.output / "seed_0" / WEIGHTS_FILE).read_bytes(), curves

    def newest_checkpoint(self):
        """Returns the path of the newest checkpoint, or None."""
        return max((self.output / "seed_0_checkpoints").glob("*.npz"), default=None)


def where(process, output):
    """Returns how far a run has come: "start", "steps", "result" or "ended"."""
    if process.poll() is not None:
        return "ended"
    if (output / "seed_0").exists():
        return "result"
    return "steps" if (output / "seed_0_checkpoints").exists() else "start"
