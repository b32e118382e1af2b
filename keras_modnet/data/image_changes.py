"""Strong changes of photographs, by layers of Keras."""

import threading

import keras
from keras import ops

from keras_modnet.checks import expect_count, expect_share
from keras_modnet.data.drawn_seeds import DrawnSeeds

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
