import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import ClassifierHead, IsometricStem

FEATURES = np.random.default_rng(2).normal(1, 2, (4, 2, 2, 4)).astype("float32")


def close(actual, desired):
    np.testing.assert_allclose(ops.convert_to_numpy(actual), ops.convert_to_numpy(desired), rtol=1e-4, atol=1e-5)


def test_stem_scales_pixels_and_embeds_patches():
    stem = IsometricStem(1, 2, mean=10.0, std=2.0)
    stem.build((None, 2, 4, 1))
    stem.embedding.kernel.assign(np.array([1.0, 2.0, 3.0, 4.0]).reshape(2, 2, 1, 1))
    stem.embedding.bias.assign([0.5])
    image = np.array([[12.0, 14.0, 10.0, 10.0], [10.0, 8.0, 10.0, 16.0]]).reshape(1, 2, 4, 1)
    # Pixels less 10, halved: left (1, 2; 0, -1), right (0, 0; 0, 3).
    # 1 + 2 * 2 + 0 - 4 + 0.5 = 1.5 and 4 * 3 + 0.5 = 12.5.
    close(stem(image), np.array([1.5, 12.5]).reshape(1, 1, 2, 1))


def test_stem_takes_a_mean_and_a_deviation_for_each_channel():
    stem = IsometricStem(1, 1, mean=[1.0, 2.0], std=[1.0, 4.0])
    stem.build((None, 1, 1, 2))
    stem.embedding.kernel.assign(np.array([1.0, 10.0]).reshape(1, 1, 2, 1))
    # (3 - 1) / 1 + 10 (6 - 2) / 4.
    close(stem(np.array([3.0, 6.0]).reshape(1, 1, 1, 2)), np.full((1, 1, 1, 1), 12.0))


def test_stem_sees_integer_and_float_pixels_alike():
    stem = IsometricStem(3, 2)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3))
    close(stem(pixels.astype("uint8")), stem(pixels.astype("float32")))


def test_stem_subtracts_before_it_rounds():
    # In bfloat16 250 and 250.4 are one number; less their mean they are not.
    stem = IsometricStem(1, 1, mean=250.0, std=1.0, dtype="mixed_bfloat16")
    stem.build((None, 1, 1, 1))
    stem.embedding.kernel.assign(np.ones((1, 1, 1, 1)))
    output = ops.convert_to_numpy(ops.cast(stem(np.full((1, 1, 1, 1), 250.4)), "float32"))
    assert output.item() == pytest.approx(0.4, abs=0.002)


def test_model_hands_the_pixels_on_as_they_are(make_model):
    model = make_model(compiled=False, pixel_mean=250.0, pixel_std=0.01, dtype="mixed_bfloat16")
    pixels = np.full((1, 4, 4, 1), 250.0, "float32")
    # 0.4 / 0.01 = 40 where bfloat16 pixels would give 0.
    assert (ops.convert_to_numpy(model(pixels)) != ops.convert_to_numpy(model(pixels + 0.4))).any()


def test_stem_counts_its_multiply_adds():
    stem = IsometricStem(8, 2)
    stem.build((None, 4, 6, 3))
    # 2 x 3 patches of 2 * 2 * 3 numbers into 8 channels.
    assert stem.macs() == 6 * 12 * 8


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((None, 4, 4), r"`images` must be of known shape \(batch, height, width, channels\)"),
        ((None, 4, 4, None), r"`images` must be of known shape \(batch, height, width, channels\)"),
        ((None, 4, 6, 3), r"`images` must be of sides that patch_size=4 divides. Received: \(None, 4, 6, 3\)"),
    ],
)
def test_stem_refuses_images_that_it_cannot_cut(shape, message):
    with pytest.raises(ValueError, match=message):
        IsometricStem(8, 4).build(shape)


def test_built_stem_refuses_images_of_another_shape():
    stem = IsometricStem(8, 2)
    stem.build((None, 4, 4, 3))
    with pytest.raises(ValueError, match=r"`images` must be of shape \(batch, 4, 4, 3\). Received: \(2, 4, 4, 1\)"):
        stem(np.zeros((2, 4, 4, 1), "float32"))


@pytest.mark.parametrize(("width", "patch_size"), [(0, 2), (4, 0), (4, 2.0)])
def test_stem_refuses_counts_under_one(width, patch_size):
    with pytest.raises(ValueError, match="must be a whole number of at least 1"):
        IsometricStem(width, patch_size)


@pytest.mark.parametrize("training", [False, True])
def test_head_is_norm_activation_mean_and_dense(training):
    head = ClassifierHead(3)
    head.build(FEATURES.shape)
    head.norms.variables_by_name()["output/offset"].assign(np.full((1, 4), 0.5))
    norm = keras.layers.BatchNormalization(epsilon=1e-3, beta_initializer=keras.initializers.Constant(0.5))
    pooled = ops.mean(ops.relu(norm(FEATURES, training=training)), axis=(1, 2))
    close(head(FEATURES, training=training), ops.matmul(pooled, head.dense.kernel) + head.dense.bias)


def test_stem_with_activation_and_norm_is_embedding_activation_and_norm():
    stem = IsometricStem(4, 2, activation="relu", norm="batch", epsilon=1e-2)
    images = np.random.default_rng(1).uniform(0, 255, (3, 4, 4, 1)).astype("float32")
    features = stem(images, training=True)
    activated = ops.relu(stem.embedding((images - 127.5) / 127.5))
    close(features, keras.layers.BatchNormalization(epsilon=1e-2)(activated, training=True))
    names = ["kernel", "bias", "output/scale", "output/offset", "output/mean", "output/variance"]
    assert list(stem.variables_by_name()) == names
    # One batch moves a tenth of the way from zero to its mean.
    close(stem.variables_by_name()["output/mean"][0], 0.1 * ops.mean(activated, axis=(0, 1, 2)))


@pytest.mark.parametrize("training", [False, True])
def test_head_that_pools_first_is_mean_norm_activation_and_dense(training):
    head = ClassifierHead(3, "layer", "gelu", pool_first=True, epsilon=1e-2)
    pooled = ops.mean(ops.convert_to_tensor(FEATURES), axis=(1, 2))
    normal = keras.layers.LayerNormalization(epsilon=1e-2)(pooled)
    expected = head(FEATURES, training=training)
    close(expected, head.dense(keras.activations.gelu(normal)))


def test_head_that_pools_first_gathers_statistics_of_what_it_pooled():
    head = ClassifierHead(3, "batch", None, pool_first=True)
    head(FEATURES, training=True)
    pooled = FEATURES.mean(axis=(1, 2))
    variables = head.variables_by_name()
    close(variables["output/mean"][0], 0.1 * pooled.mean(axis=0))
    close(variables["output/variance"][0], 0.9 + 0.1 * pooled.var(axis=0))


def test_head_without_norm_and_activation_is_mean_and_dense():
    head = ClassifierHead(3, norm=None, activation=None)
    logits = head(FEATURES)
    close(logits, FEATURES.mean(axis=(1, 2)) @ ops.convert_to_numpy(head.dense.kernel))


def test_head_names_its_variables():
    head = ClassifierHead(3)
    head.build(FEATURES.shape)
    names = ["output/scale", "output/offset", "output/mean", "output/variance", "kernel", "bias"]
    assert list(head.variables_by_name()) == names


def test_head_pools_half_precision_features_in_float32():
    head = ClassifierHead(1, norm=None, activation=None, dtype="mixed_float16")
    features = np.full((1, 2, 2, 1), 60_000.0, "float32")
    head.build(features.shape)
    head.dense.kernel.assign([[1.0]])
    # Four of these overflow a float16 sum.
    assert ops.convert_to_numpy(head(features)).item() == pytest.approx(60_000, rel=1e-3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_classes": 0}, "`num_classes` must be a whole number of at least 1. Received: 0"),
        (
            {"num_classes": 3, "norm": "instance"},
            "`norm` must be one of 'batch', 'group', 'layer'. Received: 'instance'",
        ),
    ],
)
def test_head_refuses_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ClassifierHead(**arguments).build(FEATURES.shape)


@pytest.mark.parametrize("pool_first", [False, True])
@pytest.mark.parametrize(
    ("pooling", "parts"),
    [
        ("mean", [slice(0, 6)]),
        ("class_token", [slice(0, 1)]),
        ("patches", [slice(3, 6)]),
        ("class_token_and_patches", [slice(0, 1), slice(3, 6)]),
    ],
)
def test_head_pools_the_tokens_that_it_is_told(pooling, parts, pool_first):
    # A class token, two registers, three patches.
    tokens = np.random.default_rng(3).normal(size=(2, 6, 1, 4)).astype("float32")
    head = ClassifierHead(3, "layer", None, pool_first, 1e-6, pooling=pooling, tokens_in_front=3)

    def norm(x):
        return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)

    before, behind = ((lambda x: x), norm) if pool_first else (norm, lambda x: x)
    pooled = np.concatenate([behind(before(tokens)[:, part].mean(axis=(1, 2))) for part in parts], axis=-1)
    close(head(tokens), pooled @ ops.convert_to_numpy(head.dense.kernel))


def test_head_without_classes_gives_what_it_pools():
    head = ClassifierHead(None, norm=None, activation=None)
    close(head(FEATURES), FEATURES.mean(axis=(1, 2)))
    assert list(head.variables_by_name()) == []
    assert head.macs(4) == 0


def test_head_refuses_to_pool_tokens_where_there_are_none():
    head = ClassifierHead(3, pooling="patches", tokens_in_front=1)
    with pytest.raises(
        ValueError, match=r"`features` must be tokens .* for pooling='patches'. Received: \(4, 2, 2, 4\)"
    ):
        head.build((4, 2, 2, 4))
    with pytest.raises(ValueError, match="`pooling` must be one of"):
        ClassifierHead(3, pooling="max")
