"""Strong changes of photographs and of their labels, by layers of Keras, for training from scratch."""

import threading

import keras
from keras import ops

from keras_modnet.checks import expect, expect_count
from training.data.drawn_seeds import DrawnSeeds

VALUES = (0, 255)
ERASED_SHARE = (0.02, 0.33)


class ImageChanges:
    """RandAugment and random erasing, for one image or a batch.

    The operations are those of `keras.layers.RandAugment`, with the ranges of the paper. That layer computes all of
    them and keeps one, and turns images by up to half a circle; here only what was drawn is computed. One image gets
    operations of its own, a batch the same ones for all its images, with strengths of their own.

    Args:
        operations: number of operations that are drawn, one after the other; 0 for none.
        strength: from 0 to 1, the share of the full range that strengths are drawn from.
        erasing: probability that a rectangle of the image becomes noise.

    Reference:
        Cubuk, Zoph, Shlens, Le 2020, "RandAugment"; Zhong et al. 2020, "Random erasing data augmentation".
    """

    def __init__(self, operations=2, strength=0.9, erasing=0.25):
        expect_count("operations", operations, minimum=0)
        expect_share("strength", strength)
        expect_share("erasing", erasing)
        self.count, self.seeds, self.lock = operations, DrawnSeeds(), threading.Lock()
        self.operations = self.seeds.give_to(_operations(strength)) if strength else []
        layer = keras.layers.RandomErasing((erasing, erasing), scale=ERASED_SHARE, value_range=VALUES, dtype="float32")
        self.erasing = self.seeds.give_to([layer]) if erasing else []

    def __call__(self, images, state, traced=False):
        """Changes images.

        Args:
            images: `(height, width, channels)` or `(n, height, width, channels)`, values 0 to 255.
            state: two whole numbers that the draws follow from.
            traced: whether this becomes part of a graph, in which the choice of an operation is not known yet.

        Returns:
            A float32 tensor of the same shape, values 0 to 255.
        """
        images = ops.cast(ops.convert_to_tensor(images), "float32")
        with self.lock:
            self.seeds.begin(state)
            for _ in range(self.count if self.operations else 0):
                index = keras.random.randint((), 0, len(self.operations), seed=self.seeds)
                images = ops.switch(index, self.operations, images) if traced else self.operations[int(index)](images)
            for layer in self.erasing:
                images = layer(images, training=True)
        return ops.clip(images, *VALUES)


def _operations(strength):
    settings = {"value_range": VALUES, "dtype": "float32"}
    moves = {"fill_mode": "constant", "fill_value": 128.0, "dtype": "float32"}
    layers, colour = keras.layers, 0.9 * strength
    return [
        layers.RandomShear(0.3 * strength, 0.3 * strength, **moves),
        layers.RandomTranslation(0.45 * strength, 0.45 * strength, **moves),
        layers.RandomRotation(30 / 360 * strength, **moves),
        layers.RandomBrightness(0.5 * strength, **settings),
        layers.RandomColorDegeneration((0.0, colour), **settings),
        layers.RandomContrast(colour, **settings),
        layers.RandomSharpness((0.5 - colour / 2, 0.5 + colour / 2), **settings),
        layers.RandomPosterization(max(round(8 - 4 * strength), 1), **settings),
        layers.Solarization(threshold_factor=(1 - strength, 1.0), **settings),
        layers.AutoContrast(**settings),
        layers.Equalization(**settings),
    ]


class LabelMixing:
    """One-hot labels, smoothed; MixUp on one half of the batch and CutMix on the other, images and labels.

    Args:
        num_classes: number of classes.
        smoothing: share of each label that is spread over all classes.
        mixup: alpha of MixUp's beta distribution; 0: all of the batch is for CutMix.
        cutmix: largest alpha of CutMix's beta distribution; 0: all of the batch is for MixUp.

    Reference:
        Zhang et al. 2018, "mixup: beyond empirical risk minimization"; Yun et al. 2019, "CutMix"; label smoothing:
        Szegedy et al. 2016, "Rethinking the Inception architecture for computer vision".
    """

    def __init__(self, num_classes, smoothing=0.1, mixup=0.8, cutmix=1.0):
        expect_count("num_classes", num_classes)
        for name, value in (("smoothing", smoothing), ("mixup", mixup), ("cutmix", cutmix)):
            expect_share(name, value)
        self.num_classes, self.smoothing = num_classes, smoothing
        self.seeds, self.lock = DrawnSeeds(), threading.Lock()
        layers = [keras.layers.MixUp(mixup, dtype="float32")] if mixup else []
        layers += [keras.layers.CutMix(cutmix, dtype="float32")] if cutmix else []
        self.layers = self.seeds.give_to(layers)

    def __call__(self, images, labels, state):
        """Mixes a batch.

        Args:
            images: `(n, height, width, channels)`, values 0 to 255.
            labels: integers `(n,)`.
            state: two whole numbers that the draws follow from.

        Returns:
            Images, float32 of the same shape, and labels, float32 `(n, num_classes)`, rows that sum to one.
        """
        images = ops.cast(ops.convert_to_tensor(images), "float32")
        labels = ops.one_hot(ops.convert_to_tensor(labels), self.num_classes, dtype="float32")
        labels = (1 - self.smoothing) * labels + self.smoothing / self.num_classes
        if not self.layers or images.shape[0] < 2 * len(self.layers):
            return images, labels
        with self.lock:
            self.seeds.begin(state)
            middle = images.shape[0] // len(self.layers)
            parts = [(images[:middle], labels[:middle]), (images[middle:], labels[middle:])][: len(self.layers)]
            mixed = [
                layer({"images": part, "labels": own}, training=True)
                for layer, (part, own) in zip(self.layers, parts, strict=True)
            ]
        return tuple(ops.concatenate([part[name] for part in mixed]) for name in ("images", "labels"))


def expect_share(name, value):
    """Raises `ValueError` unless `value` is a number from 0 to 1."""
    expect(isinstance(value, int | float) and 0 <= value <= 1, name, "a number from 0 to 1", value)
