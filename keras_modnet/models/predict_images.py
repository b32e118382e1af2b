"""From image files to the likeliest classes of each."""

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.data.image_files import fitted_files, named_files
from keras_modnet.models.decoding import likeliest_classes

BATCH_SIZE = 32


def predict_images(model, files, task=None, top=5):
    """Returns the likeliest classes of image files, which are read as the model was trained.

    Files are read and resized by `read_images`, by the model's own rule, a batch at a time.

    Args:
        model: a `ModNet`.
        files: a path, the bytes of a file, or a sequence of them.
        task: name of the task; default the model's default task.
        top: how many classes of each image; all where there are fewer.

    Returns:
        For each file a list of `Prediction`, the likeliest first. Of a task without class names, the name of a class
        is its index.

    Raises:
        ValueError: an unknown task, one without classes, `top` under one, no files, or a file that is no whole image;
            the message names the file, and says what was expected and what was found.
        ImportError: Pillow is not installed.

    Example:
        [[best, *others]] = keras_modnet.predict_images(model, "tench.jpg")
        print(best.name, best.probability)
    """
    task = model.default_task if task is None else task
    expect_one_of("task", task, model.task_names)
    count = model.num_classes(task)
    expect(count is not None, "task", "one with classes; `read_images` gives what `predict` of this one takes", task)
    expect_count("top", top)
    named = named_files(files)
    network, logits = model.task(task), []
    for start in range(0, len(named), BATCH_SIZE):
        images = fitted_files(named[start : start + BATCH_SIZE], model.image_shape, model.resizing)
        logits.append(keras.ops.convert_to_numpy(network.predict_on_batch(images)))
    names = model.class_names[task]
    return likeliest_classes(np.concatenate(logits), list(map(str, range(count))) if names is None else names, top)
