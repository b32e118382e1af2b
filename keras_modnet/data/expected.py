"""What a model of tasks takes."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Expected:
    """Images and labels that a model takes.

    Attributes:
        image_shape: `(height, width, channels)` of the images in pixels.
        num_classes: `{task: number of classes}`; one task where images are not keyed.
        keyed: whether images and labels come as dicts by task.
    """

    image_shape: tuple[int, ...]
    num_classes: dict[str, int]
    keyed: bool

    @property
    def tasks(self):
        """Names of the tasks."""
        return tuple(self.num_classes)
