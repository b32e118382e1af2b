"""How fast a training goes, and its curves for TensorBoard."""

import importlib.util
import time

import keras


class Progress(keras.callbacks.Callback):
    """Adds seconds, steps a second and images a second to the logs of each epoch, and writes all to TensorBoard.

    Args:
        batch_size: images in a step.
        log_dir: folder of the event files; default None: none are written. Where TensorBoard is not installed, a line
            says that there will be none.
    """

    def __init__(self, batch_size, log_dir=None):
        super().__init__()
        self.batch_size, self.log_dir = batch_size, log_dir
        self._writer = None

    def on_train_begin(self, logs=None):
        """Opens the event file."""
        if self.log_dir is None:
            return
        if importlib.util.find_spec("tensorboard") is None:
            print("no curves are written: TensorBoard is not installed", flush=True)
            return
        from tensorboard.summary import Writer

        self._writer = Writer(str(self.log_dir))

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        self._start, self._steps = time.perf_counter(), 0

    def on_train_batch_end(self, batch, logs=None):
        """Counts the steps."""
        self._steps = batch + 1

    def on_epoch_end(self, epoch, logs=None):
        """Stops the clock and writes the curves."""
        seconds = time.perf_counter() - self._start
        logs["seconds"] = seconds
        logs["steps_per_second"] = self._steps / seconds
        logs["images_per_second"] = self._steps * self.batch_size / seconds
        logs["learning_rate"] = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        if self._writer is not None:
            for name, value in logs.items():
                self._writer.add_scalar(f"train/{name}", float(value), epoch)

    def on_train_end(self, logs=None):
        """Closes the event file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
