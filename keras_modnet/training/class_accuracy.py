"""Which classes a task tells apart, and which it takes for which."""

import dataclasses

import keras
import numpy as np

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.data.array_batches import ArrayBatches
from keras_modnet.data.arrays import labelled_dataset
from keras_modnet.data.checks import class_indices
from keras_modnet.data.image_folders import opened
from keras_modnet.data.reading import batches_of

MOST_LETTERS = 30
MOST_ROWS = 30
"""Classes that are printed; of more of them those with the lowest accuracy."""


@dataclasses.dataclass(frozen=True, eq=False)
class ClassAccuracy:
    """How many images of each class a task recognized; prints as a table.

    Attributes:
        class_names: a text for each class, no two alike; its index where it has no name.
        confusion: int64 `(num_classes, num_classes)`: images of the class of the row that were taken for the class of
            the column.
    """

    class_names: tuple[str, ...]
    confusion: np.ndarray

    @property
    def num_images(self):
        """Number of images."""
        return int(self.confusion.sum())

    @property
    def accuracy(self):
        """Share of all images that were recognized."""
        return float(np.trace(self.confusion) / self.num_images)

    @property
    def by_class(self):
        """`{name: share of the images of that class that were recognized}`; classes without images are left out."""
        counts = self.confusion.sum(axis=1)
        rows = zip(self.class_names, np.diag(self.confusion), counts, strict=True)
        return {name: float(right / count) for name, right, count in rows if count}

    def __str__(self):
        """The table."""
        return "\n".join(self.lines())

    def lines(self, beside=None):
        """Returns the lines of the table.

        Args:
            beside: `{heading: {name of a class: text}}` of further columns, or None.
        """
        columns = {} if beside is None else beside
        counts, accuracies = self.confusion.sum(axis=1), self.by_class
        shown = list(accuracies)
        if len(shown) > MOST_ROWS:
            shown = sorted(shown, key=accuracies.get)[:MOST_ROWS]
        rows = [("class", *columns, "held out" if beside else "images", "accuracy (%)", "most often taken for")]
        for name in shown:
            index = self.class_names.index(name)
            own = [column.get(name, "-") for column in columns.values()]
            own += [f"{counts[index]:,}", f"{100 * accuracies[name]:.1f}"]
            rows.append((_short(name), *own, self._taken_for(index)))
        if not any(row[-1] for row in rows[1:]):
            rows = [(*row[:-1], "") for row in rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = [_line(row, widths) for row in rows]
        hidden = len(accuracies) - len(shown)
        return lines + ([f"... and {hidden} classes with a higher accuracy"] if hidden else [])

    def _taken_for(self, index):
        others = self.confusion[index].copy()
        others[index] = 0
        return f"{_short(self.class_names[int(others.argmax())])} ({others.max()})" if others.any() else ""


def _short(name):
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"


def _line(row, widths):
    first, *numbers, last = (
        cell.ljust(width) if place in (0, len(row) - 1) else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join([first, *numbers, last]).rstrip()


def class_accuracy(model, data, task=None, batch_size=32):
    """Measures which classes a task recognizes.

    Args:
        model: a `ModNet`.
        data: images and labels as `adapt_task` takes them: the path of a folder with a folder of images for each class,
            an `ImageFolder`, arrays, or a dataset.
        task: name of the task; default the model's default task.
        batch_size: images in a batch, of arrays and folders.

    Returns:
        `ClassAccuracy`.

    Raises:
        ValueError: an unknown task, or data that it cannot take.

    Example:
        print(keras_modnet.class_accuracy(model, "photos/test", "birds"))
    """
    task = model.default_task if task is None else task
    expect_one_of("task", task, model.task_names)
    network = model.task(task)
    data = opened(network.expected(), data, "data", batch_size=batch_size)
    data = labelled_dataset(network.expected(), data, batch_size, seed=0, argument="data")
    return counted(model, task, answers_of(network, data))


def answers_of(network, dataset):
    """Yields `(logits, labels)` of each batch of a dataset, as NumPy arrays.

    Args:
        network: a compiled Keras model from images, or from their features, to logits.
        dataset: batches of images, or of features, and labels.
    """
    size = 0
    for images, labels, *_ in batches_of(dataset):
        images = np.asarray(keras.ops.convert_to_numpy(images))
        # A last batch of fewer images would be compiled once more.
        size = max(size, len(images))
        padded = np.concatenate([images, np.repeat(images[:1], size - len(images), axis=0)])
        yield keras.ops.convert_to_numpy(network.predict_on_batch(padded))[: len(images)], class_indices(labels)


def counted(model, task, answers):
    """Returns the `ClassAccuracy` of answers `(logits, labels)`."""
    names = names_of_classes(model, task)
    confusion = np.zeros((len(names), len(names)), "int64")
    for logits, labels in answers:
        np.add.at(confusion, (labels, np.argmax(logits, axis=-1)), 1)
    expect(confusion.sum() > 0, "data", "at least one image", "none")
    return ClassAccuracy(names, confusion)


def counts_of(model, task, data):
    """Returns `{name of a class: number of its images}` of `ArrayBatches`; None of another dataset."""
    if not isinstance(data, ArrayBatches):
        return None
    names = names_of_classes(model, task)
    counts = np.bincount(class_indices(data.arrays[1]), minlength=len(names))
    return {name: int(count) for name, count in zip(names, counts, strict=True)}


def names_of_classes(model, task):
    """Returns a text for each class of a task, no two alike."""
    names = model.class_names[task] or tuple(map(str, range(model.num_classes(task))))
    # Two classes may have one name, as two of ImageNet that are called "crane".
    return tuple(f"{name} ({index})" if names.count(name) > 1 else name for index, name in enumerate(names))
