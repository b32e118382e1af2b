"""Labels and images of a batch mixed, by layers of Keras, for training from scratch."""

import threading

import keras
from keras import ops

from keras_modnet.checks import expect_count, expect_share
from keras_modnet.data.drawn_seeds import DrawnSeeds


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
