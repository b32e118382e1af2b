"""Learns a new task from a folder with a folder of images for each class.

The blocks of the preset stay as they are; the task learns an ordering of them, norms and a head. A fifth of the images
is held out and tells the accuracy. The result is a folder, a preset of its own, or, where --output ends in .modnet, a
file of kilobytes that goes with the preset.

Example:
    keras-modnet adapt photos/ --task=birds --output=birds_model
    keras-modnet adapt photos/ --task=birds --preset=digits_reuse --output=birds.modnet --pictures=birds_pictures
"""

from pathlib import Path

from absl import flags

from keras_modnet.cli.command import Command, WrongArgumentError, flag_values
from keras_modnet.cli.loading import expect_new, shows_progress

FLAGS = flag_values()
flags.DEFINE_string("preset", "dinov2_reuse", "Name, folder or handle of the preset to start from.", flag_values=FLAGS)
flags.DEFINE_string("task", None, "Name of the new task; default: that of the folder.", flag_values=FLAGS)
flags.DEFINE_string("output", None, "Folder of the new preset, or a file .modnet.", flag_values=FLAGS)
flags.DEFINE_list("parts", ["ordering", "norm", "head"], "What trains.", flag_values=FLAGS)
flags.DEFINE_string("search", None, "How an ordering is found; default: what suits the images.", flag_values=FLAGS)
flags.DEFINE_string("validation", None, "Folder of images to measure on, in place of a fifth.", flag_values=FLAGS)
flags.DEFINE_integer("epochs", 30, "Passes over the images.", lower_bound=1, flag_values=FLAGS)
flags.DEFINE_integer("batch_size", 64, "Images in a batch.", lower_bound=1, flag_values=FLAGS)
flags.DEFINE_float("learning_rate", 1e-2, "Of AdamW, in the first epoch.", lower_bound=0, flag_values=FLAGS)
flags.DEFINE_string("augmentation", None, "shift, crop_flip, resized_crop or randaugment.", flag_values=FLAGS)
flags.DEFINE_integer("skip_bad_images", 0, "Files that may be left out as no images.", lower_bound=0, flag_values=FLAGS)
flags.DEFINE_integer("seed", 0, "Of the order of the images and of what is held out.", lower_bound=0, flag_values=FLAGS)
flags.DEFINE_string("pictures", None, "Folder for the learning curve and the confusion matrix.", flag_values=FLAGS)

PASSED_ON = ("search", "epochs", "batch_size", "learning_rate", "augmentation", "skip_bad_images", "seed")


def run(words, values):
    """Adapts, prints the result and writes it."""
    folder = Path(words[0]).expanduser()
    if not folder.is_dir():
        raise WrongArgumentError(f"FOLDER must be a folder with a folder for each class. Received: {words[0]!r}")
    if values.output is None:
        raise WrongArgumentError("--output must be a folder or a file .modnet. Received: none")
    expect_new("output", values.output)
    task = values.task or folder.resolve().name
    from keras_modnet.adaptation import adapt_task
    from keras_modnet.models.from_preset import from_preset

    model = from_preset(values.preset)
    options = {name: values[name].value for name in PASSED_ON}
    verbose = "auto" if shows_progress() else 0
    result = adapt_task(
        *(model, task, folder), validation_data=values.validation, parts=tuple(values.parts), verbose=verbose, **options
    )
    print(result)
    print(f"\nwritten: {_write(model, task, Path(values.output).expanduser())}")
    if values.pictures is not None:
        _draw(result, Path(values.pictures).expanduser())


def _write(model, task, path):
    if path.suffix == ".modnet":
        return model.save_task(task, path)
    model.default_task = task
    return model.save_to_preset(path)


def _draw(result, folder):
    from keras_modnet.analysis import plot_confusion, plot_learning

    plot_learning(result, folder / "learning.png")
    plot_confusion(result, folder / "confusion.png")
    print(f"pictures: {folder}")


COMMAND = Command("adapt", __doc__, "FOLDER", (1, 1), FLAGS, run)
