"""From image files to the likeliest classes of each."""

import os

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.data.image_files import fitted_files, named_files
from keras_modnet.data.image_lists import images_of, is_path
from keras_modnet.models.decoding import likeliest_classes

BATCH_SIZE = 32
_PRINTED = 3


class ImagePredictions(list):
    """For each file a list of `Prediction`, the likeliest first; prints as a table, a file a line.

    Attributes:
        files: paths of the files; of bytes their place, such as "files[0]".
    """

    def __init__(self, files, predictions):
        super().__init__(predictions)
        self.files = tuple(files)

    def __str__(self):
        """The table: of each file up to three classes, the likeliest first, with their probabilities in percent."""
        rows = [
            (file, *(f"{own.name} {100 * own.probability:.1f} %" for own in answer[:_PRINTED]))
            for file, answer in zip(self.files, self, strict=True)
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def predict_images(model, files, task=None, top=5):
    """Returns the likeliest classes of image files, which are read as the model was trained.

    Files are read and resized by `read_images`, by the model's own rule, a batch at a time.

    Args:
        model: a `ModNet`.
        files: a path, the bytes of a file, or a sequence of them; or the path of a folder: all files in it and in
            folders inside of it, sorted by path, hidden ones left out.
        task: name of the task; default the model's default task.
        top: how many classes of each image; all where there are fewer.

    Returns:
        `ImagePredictions`: for each file a list of `Prediction`, the likeliest first; prints as a table, a file a line,
        and has the files. Of a task without class names, the name of a class is its index.

    Raises:
        ValueError: an unknown task, one without classes, `top` under one, no files, or a file that is no whole image;
            the message names the file, and says what was expected and what was found.
        ImportError: Pillow is not installed.

    Example:
        print(keras_modnet.predict_images(model, "photos/new"))
        [[best, *others]] = keras_modnet.predict_images(model, "tench.jpg")
        print(best.name, best.probability)
    """
    task = model.default_task if task is None else task
    expect_one_of("task", task, model.task_names)
    count = model.num_classes(task)
    expect(count is not None, "task", "one with classes; `read_images` gives what `predict` of this one takes", task)
    expect_count("top", top)
    if is_path(files) and os.path.isdir(files):
        inside = images_of(files)
        expect(inside, "files", "a folder with at least one file", f"{files}: empty")
        files = inside
    named = named_files(files)
    network, logits = model.task(task), []
    for start in range(0, len(named), BATCH_SIZE):
        images = fitted_files(named[start : start + BATCH_SIZE], model.image_shape, model.resizing)
        logits.append(keras.ops.convert_to_numpy(network.predict_on_batch(images)))
    names = model.class_names[task]
    names = list(map(str, range(count))) if names is None else names
    return ImagePredictions([name for _, name in named], likeliest_classes(np.concatenate(logits), names, top))
