"""What a model of tasks takes."""

import dataclasses

from keras_modnet.checks import expect


@dataclasses.dataclass(frozen=True)
class Expected:
    """Images and labels that a model takes.

    Attributes:
        image_shape: `(height, width, channels)` of the images in pixels.
        resizing: how arrays of images of other sizes become such, as `ModNet` takes it.
        num_classes: `{task: number of classes}`; one task where images are not keyed. None: the task has no classes.
        keyed: whether images and labels come as dicts by task.
        class_names: `{task: names of its classes}`; a task that has none may be left out.
    """

    image_shape: tuple[int, ...]
    resizing: str | dict
    num_classes: dict[str, int | None]
    keyed: bool
    class_names: dict[str, tuple[str, ...] | None] = dataclasses.field(default_factory=dict)

    @property
    def tasks(self):
        """Names of the tasks."""
        return tuple(self.num_classes)

    def expect_classes(self):
        """Raises `ValueError` if a task has no classes, so that no labels go with its images."""
        without = [task for task, classes in self.num_classes.items() if classes is None]
        advice = "one with classes; `add_task(name, num_classes)` makes it, and `predict` gives features of this one"
        expect(not without, "task", advice, without)
