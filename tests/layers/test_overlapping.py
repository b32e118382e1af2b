"""A stem of overlapping convolutions: a pixel reaches features beyond its patch, halvings and channels as stated."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import IsometricStem
from keras_modnet.layers.overlapping import OverlappingConvolutions, convolution_channels

PIXELS = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")


def numbers(tensor):
    return ops.convert_to_numpy(tensor)


def test_channels_double_while_the_size_halves():
    assert convolution_channels(width=32, patch_size=4, convolutions=2) == [8, 8, 16, 16, 32, 32]
    assert convolution_channels(width=3, patch_size=1, convolutions=1) == [3]


def test_a_pixel_reaches_features_of_patches_beside_its_own():
    changed = PIXELS.copy()
    # The last row of the first patch of 4 pixels.
    changed[:, 3] += 1.0
    for convolutions, reached in ((0, [True, False]), (1, [True, True])):
        stem = IsometricStem(8, patch_size=4, mean=0.0, std=1.0, convolutions=convolutions)
        differences = np.abs(numbers(stem(changed)) - numbers(stem(PIXELS))).max(axis=(0, 2, 3))
        assert (differences > 1e-6).tolist() == reached


def test_between_convolutions_lie_a_norm_and_an_activation():
    layer = OverlappingConvolutions(4, patch_size=2, norm="layer", activation="relu", epsilon=1e-3)
    found = numbers(layer(PIXELS))
    values = {name: numbers(variable) for name, variable in layer.variables_by_name().items()}
    first = numbers(ops.conv(PIXELS, values["conv0/kernel"], padding="same", data_format="channels_last"))
    mean, variance = first.mean(axis=-1, keepdims=True), first.var(axis=-1, keepdims=True)
    hidden = np.maximum((first - mean) / np.sqrt(variance + 1e-3), 0)
    second = ops.conv(hidden, values["conv1/kernel"], strides=2, padding="same", data_format="channels_last")
    np.testing.assert_allclose(found, numbers(second), rtol=1e-4, atol=1e-4)


def test_statistics_are_gathered_in_training_alone():
    stem = IsometricStem(4, patch_size=2, convolutions=1)
    stem(PIXELS)
    before = numbers(stem.variables_by_name()["norm0/mean"])
    stem(PIXELS, training=False)
    np.testing.assert_array_equal(numbers(stem.variables_by_name()["norm0/mean"]), before)
    stem(PIXELS * 100, training=True)
    assert np.abs(numbers(stem.variables_by_name()["norm0/mean"]) - before).max() > 1e-3


def test_multiply_adds_are_those_of_each_size():
    stem = IsometricStem(8, patch_size=4, convolutions=2)
    stem.build((None, 8, 8, 3))
    # 64 places on 2 channels, 16 on 4 and 4 on 8, each twice: 3 to 2, 2 to 2; 2 to 4, 4 to 4; 4 to 8, 8 to 8.
    assert stem.macs() == 9 * (64 * (3 * 2 + 2 * 2) + 16 * (2 * 4 + 4 * 4) + 4 * (4 * 8 + 8 * 8))


def test_a_frozen_stem_keeps_its_statistics():
    stem = IsometricStem(4, patch_size=2, convolutions=1)
    stem.build((None, 8, 8, 3))
    stem.trainable = False
    stem(PIXELS * 100, training=True)
    np.testing.assert_array_equal(numbers(stem.variables_by_name()["norm0/mean"]), np.zeros((1, 2)))
    assert stem.trainable_variables == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"width": 8, "patch_size": 3}, "`patch_size` must be a power of two"),
        ({"width": 6, "patch_size": 4}, "`width` must be a multiple of patch_size=4"),
        ({"width": 8, "convolutions": -1}, "`convolutions` must be a whole number of at least 0"),
        ({"width": 8, "hidden_norm": "x"}, "`norm` must be"),
    ],
)
def test_what_cannot_overlap_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        IsometricStem(**({"convolutions": 1} | arguments))


@pytest.mark.parametrize("count", ["width", "patch_size", "convolutions"])
def test_counts_are_at_least_one(count):
    with pytest.raises(ValueError, match=f"`{count}` must be a whole number of at least 1"):
        OverlappingConvolutions(**({"width": 4} | {count: 0}))


def test_a_stem_is_made_again_from_its_configuration():
    stem = IsometricStem(8, 2, convolutions=2, hidden_norm="group", activation="gelu")
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(stem))
    copy.build((None, 8, 8, 3))
    stem.build((None, 8, 8, 3))
    assert [(name, v.shape) for name, v in copy.variables_by_name().items()] == [
        (name, v.shape) for name, v in stem.variables_by_name().items()
    ]
    assert (copy.embedding.norm, copy.embedding.activation) == ("group", "gelu")
