"""What a training says of each epoch: a line, and curves for TensorBoard."""

import importlib.util

import keras


class Progress(keras.callbacks.Callback):
    """Prints the logs of each epoch, and writes them to TensorBoard.

    Args:
        log_dir: folder of the event files; default None: none are written. Where TensorBoard is not installed, a line
            says that there will be none.
    """

    def __init__(self, log_dir=None):
        super().__init__()
        self.log_dir = log_dir
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

    def on_epoch_end(self, epoch, logs=None):
        """Prints a line and writes the curves."""
        line = "  ".join(f"{name} {value:.4g}" for name, value in logs.items())
        print(f"epoch {epoch + 1}/{self.params['epochs']}  {line}", flush=True)
        if self._writer is not None:
            for name, value in logs.items():
                self._writer.add_scalar(f"train/{name}", float(value), epoch)

    def on_train_end(self, logs=None):
        """Closes the event file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
