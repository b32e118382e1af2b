"""From logits to names of classes."""

from typing import NamedTuple

import keras
import numpy as np

from keras_modnet.checks import expect, expect_count, expect_one_of


class Prediction(NamedTuple):
    """One class of one image.

    Attributes:
        index: the class's label.
        name: the class's name; its index as a text where it has none.
        probability: softmax of the image's logits, from 0 to 1.
    """

    index: int
    name: str
    probability: float


def decode_predictions(model, logits, top=5, task=None):
    """Returns the likeliest classes of each image by name.

    Args:
        model: a `ModNet`.
        logits: `(batch, num_classes)`, what the model returns.
        top: how many classes of each image; all where there are fewer.
        task: the task that the logits are of; default the model's default task.

    Returns:
        For each image a list of `Prediction`, the likeliest first.

    Raises:
        ValueError: an unknown task, one without class names, logits of another shape, or `top` under one.
    """
    task = model.default_task if task is None else task
    expect_one_of("task", task, model.task_names)
    expect_count("top", top)
    names = model.class_names[task]
    named = sorted(name for name, own in model.class_names.items() if own is not None)
    expect(names is not None, "task", f"one with class names, of which there are {named}", task)
    logits = np.asarray(keras.ops.convert_to_numpy(logits), "float64")
    matching = logits.ndim == 2 and logits.shape[1] == len(names)
    expect(matching, "logits", f"of shape (batch, {len(names)})", logits.shape)
    return likeliest_classes(logits, names, top)


def likeliest_classes(logits, names, top):
    """Returns for each image a list of `Prediction`, the likeliest first.

    Args:
        logits: NumPy array `(batch, num_classes)`.
        names: a text for each class.
        top: how many classes of each image; all where there are fewer.
    """
    logits = logits.astype("float64")
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=-1, keepdims=True)
    order = np.argsort(-probabilities, axis=-1, kind="stable")[:, :top]
    return [
        [Prediction(int(index), names[index], float(row[index])) for index in likeliest]
        for row, likeliest in zip(probabilities, order, strict=True)
    ]
