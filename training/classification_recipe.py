"""What a recipe states that trains one classifier from scratch on photographs, with today's augmentation."""

import dataclasses

from keras_modnet.checks import expect, expect_count
from training.data import ImageChanges, LabelMixing
from training.recipe import Recipe


@dataclasses.dataclass(frozen=True)
class ClassificationRecipe(Recipe):
    """A training configuration of one task on a given ordering, from arrays or streamed from disk.

    Attributes, beside those of `Recipe` (whose `search_epochs` and `augmentation` stay as they are):
        search_epochs: 0.
        crop_area: least share of the image that a random resized crop shows.
        rand_operations: operations of RandAugment, as in `training.data.ImageChanges`.
        rand_strength: share of their range, from 0 to 1.
        erasing: probability of random erasing.
        label_smoothing: share of a label that is spread over all classes.
        mixup: alpha of MixUp, for one half of each batch; 0 for none.
        cutmix: largest alpha of CutMix, for the other half; 0 for none.
        shuffle_images: how many neighbours of a stream are shuffled at a time; as many more files are in memory.
    """

    search_epochs: int = 0
    crop_area: float = 0.08
    rand_operations: int = 2
    rand_strength: float = 0.9
    erasing: float = 0.25
    label_smoothing: float = 0.1
    mixup: float = 0.8
    cutmix: float = 1.0
    shuffle_images: int = 16384

    def __post_init__(self):
        """Checks what `Recipe` checks, that there is one task, and the settings of the augmentation."""
        super().__post_init__()
        expect(len(self.data) == 1, "data", "one task", self.data)
        expect(self.search_epochs == 0, "search_epochs", "0", self.search_epochs)
        expect(0 < self.crop_area <= 1, "crop_area", "a share over 0 and up to 1", self.crop_area)
        expect_count("shuffle_images", self.shuffle_images)
        self.image_changes()
        self.label_mixing(num_classes=2)

    def image_changes(self):
        """Returns the `ImageChanges` of the recipe."""
        return ImageChanges(self.rand_operations, self.rand_strength, self.erasing)

    def label_mixing(self, num_classes):
        """Returns the `LabelMixing` of the recipe for a number of classes."""
        return LabelMixing(num_classes, self.label_smoothing, self.mixup, self.cutmix)
