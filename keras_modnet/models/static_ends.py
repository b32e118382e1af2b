"""Stem and head of a static network: Keras's own layers, with values copied from those of a `ModNet`."""

import keras
import numpy as np

from keras_modnet.layers import TokenStem
from keras_modnet.layers.values import value_of
from keras_modnet.models.static_layers import built_layer, norm_layer, norm_values


def static_stem(images, stem):
    """Returns features `(batch, height, width, channels)` of images, by the layers that the model's stem equals."""
    return _tokens(images, stem) if isinstance(stem, TokenStem) else _patches(images, stem)


def _patches(images, stem):
    mean, std = (np.broadcast_to(value, images.shape[-1]).astype(float) for value in (stem.mean, stem.std))
    options = {"dtype": "float32", "name": "stem_pixels"}
    if len(set(mean)) == len(set(std)) == 1:
        pixels = keras.layers.Rescaling(float(1 / std[0]), float(-mean[0] / std[0]), **options)(images)
    else:
        # `Rescaling` lays numbers of each channel out by the global data format, which need not be this model's.
        layer = keras.layers.Normalization(axis=-1, mean=mean.tolist(), variance=np.square(std).tolist(), **options)
        pixels = layer(images)
    x = _overlapping(pixels, stem) if stem.convolutions else _convolve(pixels, stem.embedding, "stem")
    if stem.activation is not None:
        x = keras.layers.Activation(stem.activation, dtype=stem.dtype_policy, name="stem_activation")(x)
    if stem.norms is None:
        return x
    return norm_layer(stem.norms, norm_values(stem.norms, "output", 0), x.shape, "stem_norm")(x)


def _overlapping(x, stem):
    embedding = stem.embedding
    for index, layer in enumerate(embedding.layers):
        if index:
            place, name = f"norm{index - 1}", f"stem_norm{index - 1}"
            x = norm_layer(embedding.norms, norm_values(embedding.norms, place, 0), x.shape, name)(x)
            activation = f"stem_activation{index - 1}"
            x = keras.layers.Activation(embedding.activation, dtype=embedding.dtype_policy, name=activation)(x)
        x = _convolve(x, layer, f"stem_{layer.name}")
    return x


def _convolve(x, layer, name):
    # With an initializer of Keras's own, so that the network loads where this package is missing.
    own = {"data_format": "channels_last", "kernel_initializer": "he_normal"}
    stock = keras.layers.Conv2D(layer.filters, layer.kernel_size, layer.strides, layer.padding, **own)
    return built_layer(stock, name, x.shape, layer.get_weights(), layer.dtype_policy)(x)


def _tokens(images, stem):
    x, options = _patches(images, stem.patches), {"dtype": stem.dtype_policy}
    _, height, width, channels = x.shape
    x = keras.layers.Reshape((height * width, 1, channels), name="stem_column", **options)(x)
    room = keras.layers.ZeroPadding2D(
        ((stem.tokens_in_front, 0), (0, 0)), data_format="channels_last", name="stem_front", **options
    )
    x = room(x)
    # Of Keras's layers that add what is learned for each position the plainest: it multiplies the channels by ones.
    values = [np.ones(channels), value_of(stem.added())[:, None]]
    layer = keras.layers.EinsumDense("btwc,c->btwc", x.shape[1:], bias_axes="twc")
    return built_layer(layer, "stem_positions", x.shape, values, stem.dtype_policy)(x)


def static_head(x, head, name):
    """Returns logits `(batch, num_classes)` of features, by the layers that a `ClassifierHead` equals.

    Args:
        x: symbolic features.
        head: the `ClassifierHead`; without classes what it pools comes out.
        name: of the dense layer; what the names of the others begin with.
    """
    head.expect_not_quantized()
    parts = _pooled(x, head, name) if head.pool_first else [x]
    if head.norms is not None:
        # Never folded: no convolution is beside it.
        norm = norm_layer(head.norms, norm_values(head.norms, "output", 0), parts[0].shape, f"{name}_norm")
        parts = [norm(part) for part in parts]
    if head.activation is not None:
        dtype = "float32" if head.pool_first else head.dtype_policy
        activation = keras.layers.Activation(head.activation, dtype=dtype, name=f"{name}_activation")
        parts = [activation(part) for part in parts]
    if not head.pool_first:
        parts = _pooled(parts[0], head, name)
    pooled = keras.layers.Concatenate(dtype="float32", name=f"{name}_pooled")(parts) if len(parts) > 1 else parts[0]
    if head.dense is None:
        return pooled
    dense = keras.layers.Dense(head.num_classes)
    return built_layer(dense, name, pooled.shape, head.dense.get_weights(), "float32")(pooled)


def _pooled(x, head, name):
    """Returns the vectors `(batch, channels)` that a head pools."""
    front, tokens = head.tokens_in_front, x.shape[1]
    rows = {
        "mean": {"pooling": (0, 0)},
        "class_token": {"class_token": (0, tokens - 1)},
        "patches": {"patches": (front, 0)},
        "class_token_and_patches": {"class_token": (0, tokens - 1), "patches": (front, 0)},
    }[head.pooling]
    return [_mean(x, cut, f"{name}_{part}") for part, cut in rows.items()]


def _mean(x, cut, name):
    options = {"data_format": "channels_last", "dtype": "float32"}
    if any(cut):
        x = keras.layers.Cropping2D((cut, (0, 0)), name=f"{name}_cut", **options)(x)
    return keras.layers.GlobalAveragePooling2D(name=name, **options)(x)
