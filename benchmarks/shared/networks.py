"""What the benchmarks compare with: a trunk in which tasks share all but their heads."""

import keras
import numpy as np

from keras_modnet.layers import BlockBank, ClassifierHead, IsometricStem, OrderedSteps


class SharedTrunk(keras.Model):
    """Stem, steps and norms that all tasks share (hard parameter sharing, Caruana 1997), and a head for each.

    Args:
        tasks: `{name: number of classes}`.
        router: layer of `keras_modnet.layers` that says which block runs at which step.
        width: channels of the features.
        patch_size: side of the stem's patches in pixels.
        image_shape: `(height, width, channels)` of the images in pixels.
        block: kind of block.
        norm: kind of norm.

    Call arguments:
        images: `{task: (batch, height, width, channels)}` with values from 0 to 255; equal batches where there are
            several. Norms see the images of all tasks as one batch.

    Returns:
        `{task: logits (batch, number of classes)}`.
    """

    def __init__(self, tasks, router, width, patch_size, image_shape, block="basic", norm="batch", **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.stem = IsometricStem(width, patch_size)
        self.steps = OrderedSteps(BlockBank(router.num_blocks, block), router, norm)
        activation = "relu" if block == "basic" else None
        self.heads = {name: ClassifierHead(classes, norm, activation) for name, classes in tasks.items()}
        self.stem.build((None, *image_shape))
        features_shape = self.stem.compute_output_shape((None, *image_shape))
        self.steps.build(features_shape)
        for head in self.heads.values():
            head.build(features_shape)
        self.macs = self._count_macs(features_shape, max(tasks.values()))
        self.built = True

    def call(self, images, training=None):
        """Runs the trunk once on the images of all tasks, then their heads."""
        names = list(images)
        pixels = [keras.ops.cast(images[name], "float32") for name in names]
        joined = pixels[0] if len(pixels) == 1 else keras.ops.concatenate(pixels)
        features = self.steps(self.stem(joined), training=training)
        parts = keras.ops.split(features, len(names))
        return {name: self.heads[name](part, training=training) for name, part in zip(names, parts, strict=True)}

    def _count_macs(self, features_shape, num_classes):
        _, height, width, channels = features_shape
        steps = self.steps.router.num_steps * self.steps.bank.macs_per_step(height, width)
        return self.stem.macs() + steps + channels * num_classes


def count_parameters(model):
    """Returns the parameters that a prediction needs, each once: no states, no logits of a hard ordering.

    Args:
        model: a `ModNet` or a `SharedTrunk`.
    """
    left_out = ("seed_generator_state", "temperature", "hardened", "logits")
    return int(sum(np.prod(variable.shape) for variable in model.variables if variable.name not in left_out))
