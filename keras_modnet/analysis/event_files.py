"""Event files for TensorBoard, written by TensorBoard itself: TensorFlow is not needed."""

import io
import time


def tensorboard_writer(function):
    """Returns TensorBoard's class that writes event files.

    Args:
        function: name of the function or class that needs it.

    Raises:
        ImportError: TensorBoard is not installed; says what to install.
    """
    try:
        from tensorboard.summary.writer.event_file_writer import EventFileWriter
    except ImportError as error:
        raise ImportError(f"`{function}` writes for TensorBoard: `pip install keras_modnet[tensorboard]`.") from error
    return EventFileWriter


class EventFile:
    """A file of scalars, pictures and hyper-parameters of one run.

    Args:
        folder: folder of the run; it is made.
    """

    def __init__(self, folder):
        self._writer = tensorboard_writer("EventFile")(str(folder))

    def scalar(self, tag, value, step):
        """Adds a number at a step."""
        self._add(step, tag=tag, simple_value=float(value))

    def figure(self, tag, figure, step):
        """Adds a Matplotlib figure at a step."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        width, height = (round(inches * figure.dpi) for inches in figure.get_size_inches())
        picture = Summary.Image(width=width, height=height, colorspace=4, encoded_image_string=buffer.getvalue())
        self._add(step, tag=tag, image=picture)

    def hyper_parameters(self, values):
        """Says with what the run was made: `{name: number, text or bool}`."""
        # Not from `hparams.api`, which imports TensorFlow.
        from tensorboard.plugins.hparams.summary_v2 import hparams_pb

        self._write(hparams_pb(values))

    def flush(self):
        """Writes what was added to the disk."""
        self._writer.flush()

    def close(self):
        """Closes the file."""
        self._writer.close()

    def _add(self, step, **value):
        from tensorboard.compat.proto.summary_pb2 import Summary

        self._write(Summary(value=[Summary.Value(**value)]), step)

    def _write(self, summary, step=0):
        from tensorboard.compat.proto.event_pb2 import Event

        self._writer.add_event(Event(wall_time=time.time(), step=step, summary=summary))
