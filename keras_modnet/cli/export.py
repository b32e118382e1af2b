"""Writes a model to be served: a folder is a SavedModel of all tasks, a file .onnx or .tflite a network of one.

Example:
    keras-modnet export --preset=digits_reuse --output=saved_models/digits
    keras-modnet export --preset=digits_reuse --task=letters --output=letters.onnx
"""

from pathlib import Path

from absl import flags

from keras_modnet.cli.command import Command, WrongArgumentError, flag_values
from keras_modnet.cli.loading import define_preset, load_model

FLAGS = flag_values()
define_preset(FLAGS, "digits_reuse")
flags.DEFINE_list("task", None, "Names of tasks, with commas; default: all, of a file the model's.", flag_values=FLAGS)
flags.DEFINE_string("output", None, "Folder of the SavedModel's versions, or a file.", flag_values=FLAGS)

ENDINGS = (".onnx", ".tflite")


def run(words, values):
    """Exports and prints what was written."""
    if values.output is None:
        raise WrongArgumentError(f"--output must be a folder, or a file {' or '.join(ENDINGS)}. Received: none")
    path = Path(values.output).expanduser()
    model, task = load_model(values)
    if path.suffix in ENDINGS:
        _write_file(model, values.task or [task], path)
        return
    from keras_modnet.export import export_saved_model

    exported = export_saved_model(model, path, tasks=values.task)
    print(f"written: {exported.path}\nsignatures: {', '.join(exported.signatures)}")


def _write_file(model, tasks, path):
    from keras_modnet.export import export_network

    network = model.to_static(tasks[0]) if len(tasks) == 1 else model.to_static_tasks(tasks)
    exported = export_network(network, path)
    print(f"written: {exported.path}, {exported.bytes:,} bytes")
    print(f"largest difference to the model: {exported.largest_difference:.2g}")


COMMAND = Command("export", __doc__, "", (0, 0), FLAGS, run)
