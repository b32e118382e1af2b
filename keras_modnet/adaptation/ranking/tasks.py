"""Which task of a bank a new one should start from: the one whose features separate the new classes best."""

from collections.abc import Mapping

from keras_modnet.adaptation.heads.leave_one_out import leave_one_out_error
from keras_modnet.adaptation.search.step_features import StepFeatures
from keras_modnet.adaptation.search.step_runner import StepRunner
from keras_modnet.checks import expect, expect_count, expect_one_of
from keras_modnet.data.arrays import images_with_classes
from keras_modnet.layers.gradients import no_gradients

_HEADER = ("task", "leave-one-out error")


class TaskRanking(Mapping):
    """A read-only mapping of task to its leave-one-out error, the best task first, that prints as a table.

    Args:
        errors: `{task: error}`.
    """

    def __init__(self, errors):
        """Sorts the tasks; equal ones stay as they come."""
        self._errors = dict(sorted(errors.items(), key=lambda item: item[1]))

    @property
    def best(self):
        """Name of the first task."""
        return next(iter(self._errors))

    def __getitem__(self, task):
        """Returns the error of a task."""
        return self._errors[task]

    def __iter__(self):
        """Iterates over the tasks, the best one first."""
        return iter(self._errors)

    def __len__(self):
        """Returns the number of tasks."""
        return len(self._errors)

    def __str__(self):
        """Returns the table."""
        width = max(map(len, (*self, _HEADER[0])))
        rows = [f"{task.ljust(width)}  {error:{len(_HEADER[1])}.4f}" for task, error in self.items()]
        return "\n".join([f"{_HEADER[0].ljust(width)}  {_HEADER[1]}", *rows])

    __repr__ = __str__


def rank_tasks(model, data, tasks=None, max_images=1000):
    """Ranks tasks of a bank by how well their features separate the classes of new data, before anything is trained.

    A task's features are what its head pools, with its hard ordering, its scales and offsets, and the statistics of
    batch norms that the new images have. They are judged by `scores.leave_one_out_error`: a linear classifier in closed
    form, on images that it was not fitted to. It serves the purpose of LogME (You et al. 2021) and LEEP (Nguyen et al.
    2020): to choose a source without training on each.

    Args:
        model: a `ModNet`; it stays as it is.
        data: images `(n, H, W, C)` and labels, whole numbers from 0 `(n,)` or rows, arrays or lists. The
            classes are the new ones; images of another size are resized.
        tasks: names of the tasks to rank; default all.
        max_images: the first so many images are used, in one batch.

    Returns:
        `TaskRanking`. An error of 0 is perfect; that of guessing by class shares is 1 minus the sum of their squares.

    Raises:
        ValueError: an unknown task or none, images of another shape, labels that are none, or a count under one.
    """
    expect_count("max_images", max_images)
    names = model.task_names if tasks is None else tuple(tasks)
    expect(len(names) > 0, "tasks", "at least one task", tasks)
    for name in names:
        expect_one_of("tasks", name, model.task_names)
    images, labels = images_with_classes("data", data, model.image_shape, model.resizing, count=max_images)
    expect(len(images) > 1, "data", "at least two images, each with a label", len(images))
    num_classes = int(labels.max()) + 1
    with no_gradients():
        return TaskRanking({name: _error(model, name, images, labels, num_classes) for name in names})


def _error(model, task, images, labels, num_classes):
    features = StepFeatures(StepRunner(model, task), images, model.ordering(task))
    return leave_one_out_error(features.pooled(), labels, num_classes)
