"""When a training is kept, and how it goes back: checkpoints, signals, losses that are no numbers."""

import math
import time

from training.interrupts import Interrupts, StoppedError
from training.output import OutputError
from training.state import capture, first_fault

# Seconds between two checkpoints, where no number of steps is given.
SECONDS = 60.0
# Factor of the learning rate at each retry.
LOWER_RATE = 0.5
# A loss so many times that of guessing has exploded.
EXPLODED = 10.0


class LossError(FloatingPointError):
    """The training went astray; the text says where, and what was kept."""


class Keeping:
    """Keeps a training while it runs.

    Args:
        files: `CheckpointFiles`, or None: nothing is written.
        every: steps between two checkpoints; None: about a minute. Ends of epochs count as well.
        retries: how often to go back to the last checkpoint, at half the learning rate, where the loss is no number or
            has exploded.
        writes: whether this process is the one that writes; of several machines one is.
        clock: function that returns seconds.

    Attributes:
        interrupts: `Interrupts` to watch signals by.
    """

    def __init__(self, files=None, every=None, retries=0, writes=True, clock=time.monotonic):
        self.files, self.every, self.retries, self.writes = files, every, retries, writes
        self.interrupts = Interrupts()
        self._clock, self._since, self._written = clock, 0, clock()

    def read(self):
        """Returns the newest `TrainingState`, or None."""
        return None if self.files is None else self.files.read()

    def begin(self, network, steps, state):
        """Keeps the beginning, which shows before the first step that the folder takes a checkpoint.

        Raises:
            OutputError: it does not.
        """
        if self.files is not None:
            state.arrays = capture(network, steps)
            self._write(state)

    def after_steps(self, count, network, steps, state, guess):
        """Keeps the training if it is time, and stops it if a signal asked.

        Args:
            count: steps since the last call.
            network: the `ModNet`.
            steps: the steps of its model.
            state: `TrainingState`, whose position is that after them.
            guess: loss of guessing, in nats, by which an exploded one is told.

        Raises:
            LossError: loss or weights are no finite numbers, or the loss has exploded; nothing is written then.
            StoppedError: a signal asked to stop.
        """
        self._since += count
        asked = self.interrupts.asked
        if asked is None and not self.is_due(state):
            return
        expect_sane(steps.logs(), state, guess)
        self._keep(network, steps, state)
        if asked is not None:
            raise StoppedError(f"{asked}: stopped at {state.named()}. {self._how_to_go_on()}")

    def may_retry(self, state):
        """Whether the training may go back to its last checkpoint once more."""
        used = round(math.log(state.rate_scale, LOWER_RATE))
        return self.files is not None and used < self.retries

    def step_back(self, state):
        """Returns a state that was kept, with half the learning rate of `state`; that is kept as well.

        It is the last one; after a retry, the one before it: weights can be beyond help while all of them are numbers.
        """
        kept = self.files.read()
        if kept.rate_scale == state.rate_scale < 1:
            self.files.drop_newest()
            kept = self.files.read()
        kept.rate_scale = state.rate_scale * LOWER_RATE
        self._write(kept)
        return kept

    def is_due(self, state):
        """Whether it is time for a checkpoint: at an epoch's end, and after so many steps or about a minute."""
        if state.step == 0:
            return True
        if self.every is not None:
            return self._since >= self.every
        return self._clock() - self._written >= SECONDS

    def _keep(self, network, steps, state):
        if self.files is None:
            return
        state.arrays = capture(network, steps)
        fault = first_fault(state.arrays)
        if fault is not None:
            raise LossError(f"{fault} at {state.named()}: expected finite numbers")
        try:
            self._write(state)
        except OutputError as error:
            # The disk may have room again at the next one; what was kept before is still there.
            print(f"{error} The training goes on; a stop now goes back to the checkpoint before.", flush=True)

    def _write(self, state):
        if self.writes:
            self.files.write(state)
        self._written, self._since = self._clock(), 0

    def _how_to_go_on(self):
        if self.files is None:
            return "Nothing was kept."
        return "The same command goes on from there."


def expect_sane(logs, state, guess):
    """Raises `LossError` where a loss is no finite number, or far above that of guessing.

    Args:
        logs: running means.
        state: `TrainingState`.
        guess: loss of guessing in nats.
    """
    loss = logs["loss"]
    if not math.isfinite(loss):
        raise LossError(f"loss at {state.named()}: expected a finite number, found {loss}")
    if loss > EXPLODED * guess:
        raise LossError(f"loss at {state.named()}: expected at most {EXPLODED * guess:.3g}, found {loss:.3g}")


def guessing_loss(classes):
    """Returns the cross-entropy of guessing, summed over tasks, in nats.

    Args:
        classes: numbers of classes of the tasks.
    """
    return float(sum(math.log(max(count, 2)) for count in classes))
