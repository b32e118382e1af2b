"""The published networks that can be converted, each a description."""

import dataclasses

from keras_modnet.checks import expect, expect_one_of
from keras_modnet.converters.class_names import imagenet_class_names

# Of the pixels of ImageNet from 0 to 255, a number a channel: what all of these networks were trained with.
PIXEL_MEAN = (123.675, 116.28, 103.53)
PIXEL_STD = (58.395, 57.12, 57.375)
TASK = "imagenet"
FAMILIES = ("convnext", "convmixer")


@dataclasses.dataclass(frozen=True)
class Architecture:
    """A network of equal blocks with published weights.

    Attributes:
        family: whose names and layout the tensors have: "convnext" or "convmixer".
        depth: blocks, each run once.
        width: channels of the features.
        patch_size: side of the stem's patches in pixels.
        block: kind of the blocks.
        kernel_size: side of the depthwise kernels.
        image_size: side of the images in pixels.
        num_classes: number of logits.
        class_names: a text for each class, or None: those of ImageNet-1k.

    Raises:
        ValueError: an unknown family, or not one name for each class.
    """

    family: str
    depth: int
    width: int
    patch_size: int
    block: str
    kernel_size: int
    image_size: int = 224
    num_classes: int = 1000
    class_names: tuple[str, ...] | None = None

    def __post_init__(self):
        """Checks what no part of a model would."""
        expect_one_of("family", self.family, FAMILIES)
        names = self.class_names
        expect(
            len(names) == self.num_classes if names is not None else self.num_classes == 1000,
            "class_names",
            f"{self.num_classes} texts, or None for the 1000 of ImageNet-1k",
            names,
        )

    def arguments(self):
        """Returns arguments of `ModNet` that all families have in common, as plain data."""
        names = imagenet_class_names() if self.class_names is None else self.class_names
        task = {"num_classes": self.num_classes, "num_steps": self.depth, "class_names": list(names)}
        return {
            "image_shape": [self.image_size, self.image_size, 3],
            "tasks": {TASK: task},
            "num_blocks": self.depth,
            "num_steps": self.depth,
            "width": self.width,
            "patch_size": self.patch_size,
            "block": self.block,
            "mixing": "weights",
            "pixel_mean": list(PIXEL_MEAN),
            "pixel_std": list(PIXEL_STD),
        }


def _convnext(depth, width):
    return Architecture("convnext", depth, width, patch_size=16, block="convnext", kernel_size=7)


DESCRIPTIONS = {
    "convnext_isotropic_small": _convnext(18, 384),
    "convnext_isotropic_base": _convnext(18, 768),
    "convnext_isotropic_large": _convnext(36, 1024),
    "convmixer_768_32": Architecture("convmixer", 32, 768, 7, "convmixer_7_relu", 7),
    "convmixer_1024_20": Architecture("convmixer", 20, 1024, 14, "convmixer_9_gelu", 9),
}
ARCHITECTURES = tuple(DESCRIPTIONS)
