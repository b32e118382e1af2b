"""What a user would write without the library, in Keras: the networks that `benchmarks.speed` compares with."""

import keras
from keras import layers, ops

from keras_modnet.layers.values import value_of

# Those of the library, so that outputs are equal.
NORM = {"momentum": 0.9, "epsilon": 1e-3}
# In the order of `BatchNormalization.get_weights`.
NORM_VALUES = ("scale", "offset", "mean", "variance")
CONV = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}


def plain_resnet(image_shape, blocks, width, patch_size, num_classes):
    """Returns a functional ResNet with pre-activation 3x3-3x3 blocks, in which a block may run more than once.

    Args:
        image_shape: `(height, width, channels)` in pixels.
        blocks: the block of each step; equal numbers reuse the layers of one block.
        width: channels of the features.
        patch_size: side of the patches in pixels.
        num_classes: number of logits.

    Returns:
        `keras.Model` from images with values from 0 to 255 to logits.
    """
    convs = {
        block: [layers.Conv2D(width, 3, name=f"block{block}_conv{part}", **CONV) for part in (1, 2)]
        for block in sorted(set(blocks))
    }
    images, x = _patches(image_shape, width, patch_size)
    for step, block in enumerate(blocks):
        y = x
        for part, conv in enumerate(convs[block], start=1):
            y = layers.BatchNormalization(name=f"step{step}_norm{part}", **NORM)(y)
            y = conv(layers.ReLU()(y))
        x = layers.Add()([x, y])
    return keras.Model(images, _classify(x, num_classes))


def soft_sharing_resnet(image_shape, num_steps, num_blocks, width, patch_size, num_classes):
    """Returns the same network with the kernels of each step mixed from a bank: soft weight sharing.

    Args:
        image_shape: `(height, width, channels)` in pixels.
        num_steps: steps.
        num_blocks: blocks in the bank.
        width: channels of the features.
        patch_size: side of the patches in pixels.
        num_classes: number of logits.

    Reference:
        Savarese & Maire 2019, "Learning implicitly recurrent CNNs through parameter sharing", arXiv 1902.09701.
    """
    images, x = _patches(image_shape, width, patch_size)
    banks = [KernelBank(num_blocks, width, name=f"bank{part}") for part in (1, 2)]
    for step in range(num_steps):
        y = x
        for part, bank in enumerate(banks, start=1):
            y = layers.BatchNormalization(name=f"step{step}_norm{part}", **NORM)(y)
            y = SoftSharedConv(bank, name=f"step{step}_conv{part}")(layers.ReLU()(y))
        x = layers.Add()([x, y])
    return keras.Model(images, _classify(x, num_classes))


class KernelBank(layers.Layer):
    """Holds 3x3 kernels `(num_blocks, 3, 3, width, width)` for the layers that mix them."""

    def __init__(self, num_blocks, width, **kwargs):
        super().__init__(**kwargs)
        self.num_blocks, self.width = num_blocks, width

    def build(self):
        """Makes the kernels, with the deviation of "he_normal" for one: Keras would count the blocks as its inputs."""
        start = keras.initializers.TruncatedNormal(stddev=(2 / (9 * self.width)) ** 0.5)
        shape = (self.num_blocks, 3, 3, self.width, self.width)
        self.kernels = self.add_weight(shape=shape, initializer=start, name="kernels")


class SoftSharedConv(layers.Layer):
    """Convolves with a mixture of a bank's kernels, by coefficients of its own."""

    def __init__(self, bank, **kwargs):
        super().__init__(**kwargs)
        self.bank = bank

    def build(self, x_shape):
        """Makes the coefficients, and the bank's kernels where they are not there yet."""
        if not self.bank.built:
            self.bank.build()
        start = keras.initializers.RandomNormal(stddev=self.bank.num_blocks**-0.5)
        self.coefficients = self.add_weight(shape=(self.bank.num_blocks,), initializer=start, name="coefficients")

    def call(self, x):
        """Mixes, then convolves."""
        kernel = ops.tensordot(self.coefficients, self.bank.kernels, axes=1)
        return ops.conv(x, kernel, padding="same")


def _patches(image_shape, width, patch_size):
    images = keras.Input(image_shape)
    x = layers.Rescaling(1 / 127.5, offset=-1)(images)
    embedding = layers.Conv2D(width, patch_size, strides=patch_size, kernel_initializer="he_normal", name="stem")
    return images, embedding(x)


def _classify(x, num_classes):
    x = layers.ReLU()(layers.BatchNormalization(name="head_norm", **NORM)(x))
    return layers.Dense(num_classes, name="head")(layers.GlobalAveragePooling2D()(x))


def copy_weights(model, task, network):
    """Gives a `plain_resnet` the weights of one task of a `ModNet` of the same shape, by the names of both.

    Args:
        model: the `ModNet`; its ordering is the one that `network` was made with.
        task: name of the task.
        network: the `plain_resnet`.
    """
    values = {name: value_of(variable) for name, variable in model.named_variables().items()}
    own = f"tasks/{task}"
    for layer in network.layers:
        place, _, part = layer.name.partition("_")
        if place == "stem":
            layer.set_weights([values["stem/kernel"], values["stem/bias"]])
        elif place.startswith("block"):
            layer.set_weights([values[f"bank/{part}/kernel"][int(place.removeprefix("block"))]])
        elif place.startswith("step"):
            step = int(place.removeprefix("step"))
            layer.set_weights([values[f"{own}/norm/{part}/{key}"][step] for key in NORM_VALUES])
        elif layer.name == "head_norm":
            layer.set_weights([values[f"{own}/head/output/{key}"][0] for key in NORM_VALUES])
        elif layer.name == "head":
            layer.set_weights([values[f"{own}/head/kernel"], values[f"{own}/head/bias"]])
