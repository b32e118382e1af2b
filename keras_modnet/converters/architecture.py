"""What all published networks of equal blocks have in common."""

import abc
import dataclasses
import math
from typing import ClassVar

from keras_modnet.checks import expect, expect_count
from keras_modnet.converters.class_names import imagenet_class_names

# Of the pixels of ImageNet from 0 to 255, a number a channel: what most networks were trained with.
PIXEL_MEAN = (123.675, 116.28, 103.53)
PIXEL_STD = (58.395, 57.12, 57.375)
TASK = "imagenet"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Architecture(abc.ABC):
    """A network of equal blocks with published weights; each family of networks is a class of its own.

    Attributes:
        depth: blocks, each run once.
        width: channels of the features.
        patch_size: side of the stem's patches in pixels.
        image_size: side in pixels of the images that the network was published for.
        num_classes: number of logits.
        class_names: a text for each class, or None: those of ImageNet-1k.
        pixel_mean: pixel value, a number a channel, that is subtracted.
        pixel_std: pixel value, a number a channel, that the difference is divided by.
        crop_share: side of the image that the network is tested on, as a share of the short side that photographs are
            resized to, bicubic, before the centre is cut out; as published.

    Raises:
        ValueError: not one name for each class.
    """

    depth: int
    width: int
    patch_size: int
    image_size: int = 224
    num_classes: int | None = 1000
    class_names: tuple[str, ...] | None = None
    pixel_mean: tuple[float, ...] = PIXEL_MEAN
    pixel_std: tuple[float, ...] = PIXEL_STD
    crop_share: float = 0.875

    family: ClassVar[str]
    """Name of the family."""

    def __post_init__(self):
        """Checks what no part of a model would."""
        names = self.class_names
        expect(
            len(names) == self.num_classes if names is not None else self.num_classes == 1000,
            "class_names",
            f"{self.num_classes} texts, or None for the 1000 of ImageNet-1k",
            names,
        )

    @property
    def task(self):
        """Name of the one task."""
        return TASK

    def side(self, image_size=None):
        """Returns the side of the images in pixels.

        Args:
            image_size: what the user asks for; None: that of the published network.

        Raises:
            ValueError: no whole number, or one that the patch size does not divide.
        """
        if image_size is None:
            return self.image_size
        expect_count("image_size", image_size)
        divides = image_size % self.patch_size == 0
        expect(divides, "image_size", f"a multiple of the patch size {self.patch_size}", image_size)
        return int(image_size)

    def arguments(self, image_size=None):
        """Returns the arguments of `ModNet`, plain data.

        Args:
            image_size: side of the images in pixels; None: that of the published network.

        Raises:
            ValueError: as `side` raises it.
        """
        side = self.side(image_size)
        short_side = math.floor(side / self.crop_share)
        return {
            "image_shape": [side, side, 3],
            "resizing": {"mode": "crop", "short_side": short_side, "interpolation": "bicubic"},
            "tasks": {self.task: {"num_classes": self.num_classes, "num_steps": self.depth} | self._task_arguments()},
            "num_blocks": self.depth,
            "num_steps": self.depth,
            "width": self.width,
            "patch_size": self.patch_size,
            "block": self.block,
            "mixing": "weights",
            "pixel_mean": list(self.pixel_mean),
            "pixel_std": list(self.pixel_std),
        } | self._further_arguments()

    def _task_arguments(self):
        names = imagenet_class_names() if self.class_names is None else self.class_names
        return {"class_names": list(names)}

    @property
    @abc.abstractmethod
    def block(self):
        """Kind of the blocks."""

    @abc.abstractmethod
    def _further_arguments(self):
        """Returns those arguments of `ModNet` that only the family knows."""

    @abc.abstractmethod
    def take_tensors(self, state, image_size):
        """Takes the tensors of the network out of a checkpoint.

        Args:
            state: the `StateDict`.
            image_size: side of the images in pixels.

        Returns:
            `(shared, own)`: tensors of stem and bank by the names of `ModNet.named_variables()`, and those of the task
            by what stands behind its name there.

        Raises:
            CheckpointError: a tensor is missing, or of another shape.
        """
