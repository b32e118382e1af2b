"""Prints the likeliest classes of image files, which are read as the model was trained.

Example:
    keras-modnet predict new/*.jpg --preset=birds_model
    keras-modnet predict new/ --preset=digits_reuse --task_file=birds.modnet --format=json
"""

import json

from absl import flags

from keras_modnet.cli.command import Command, flag_values
from keras_modnet.cli.loading import define_preset, load_model

FLAGS = flag_values()
define_preset(FLAGS, "digits_reuse")
flags.DEFINE_string("task", None, "Name of the task; default: that of --task_file, or the model's.", flag_values=FLAGS)
flags.DEFINE_integer("top", 3, "Classes of each image.", lower_bound=1, flag_values=FLAGS)
flags.DEFINE_enum("format", "table", ["table", "json"], "json: a line for each image.", flag_values=FLAGS)


def run(words, values):
    """Predicts and prints."""
    from keras_modnet.models.predict_images import predict_images

    model, task = load_model(values)
    # One word may be a folder; several are files.
    files = words[0] if len(words) == 1 else words
    predictions = predict_images(model, files, values.task or task, values.top)
    if values.format == "table":
        print(predictions)
        return
    for file, answer in zip(predictions.files, predictions, strict=True):
        classes = [{"name": own.name, "probability": round(float(own.probability), 6)} for own in answer]
        print(json.dumps({"file": str(file), "classes": classes}))


COMMAND = Command("predict", __doc__, "IMAGE ... | FOLDER", (1, None), FLAGS, run)
