import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import BlockBank, register_block
from keras_modnet.layers.attention import SelfAttention
from keras_modnet.layers.blocks import block_kind, transformer

RNG = np.random.default_rng(6)


def random_weights(stage):
    return {name: RNG.normal(size=weight.shape).astype("float32") for name, weight in stage.weights().items()}


def applied(stage, x, weights):
    tensors = {name: ops.convert_to_tensor(value) for name, value in weights.items()}
    return ops.convert_to_numpy(stage.apply(ops.convert_to_tensor(x), tensors))


def softmax(scores):
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("shape", [(2, 5, 1, 4), (2, 2, 3, 4)])
def test_every_position_takes_the_values_of_all_by_the_softmax_of_its_scores(shape, use_bias):
    stage = SelfAttention("attention", 4, 2, use_bias)
    weights, x = random_weights(stage), RNG.normal(size=shape).astype("float32")
    tokens = x.reshape(shape[0], -1, 4)
    query, key, value = (
        np.einsum("btc,chd->bhtd", tokens, weights[f"{name}_kernel"])
        + (weights[f"{name}_bias"][:, None] if use_bias else 0)
        for name in ("query", "key", "value")
    )
    # softmax(q k^T / sqrt(2)) v for each of two heads of two channels.
    attended = softmax(query @ key.transpose(0, 1, 3, 2) / np.sqrt(2)) @ value
    expected = np.einsum("bhtd,hdc->btc", attended, weights["output_kernel"])
    expected = expected + weights["output_bias"] if use_bias else expected
    np.testing.assert_allclose(applied(stage, x, weights), expected.reshape(shape), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("use_bias", [True, False])
def test_attention_is_the_layer_of_keras(use_bias):
    stage = SelfAttention("attention", 6, 3, use_bias)
    weights, x = random_weights(stage), RNG.normal(size=(2, 4, 1, 6)).astype("float32")
    layer = stage.as_layer()
    features = keras.Input(x.shape[1:])
    model = keras.Model(features, stage.call_layer(layer, features, "own"))
    layer.set_weights(list(weights.values()))
    np.testing.assert_allclose(model.predict(x, verbose=0), applied(stage, x, weights), rtol=1e-4, atol=1e-4)


def test_attention_counts_projections_and_products_of_all_pairs():
    # 6 positions: four 4 x 4 matrices each, and 6 * 6 pairs of 4 channels, twice.
    assert SelfAttention("attention", 4, 2).macs(2, 3) == 6 * 4 * 16 + 2 * 36 * 4


@pytest.mark.parametrize(("width", "heads"), [(128, 2), (384, 6), (12, 1)])
def test_heads_have_64_channels(width, heads):
    assert block_kind("transformer").stages(width)[1].num_heads == heads


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match=r"`num_heads` must be a divisor of the width 8\. Received: 3"):
        transformer(8, num_heads=3)


def test_a_block_adds_attention_and_then_what_the_mlp_makes_of_the_sum():
    bank = BlockBank(1, "transformer")
    x = ops.convert_to_tensor(RNG.normal(size=(2, 3, 1, 4)).astype("float32"))
    bank.build(x.shape)
    for variable in bank.variables:
        variable.assign(RNG.normal(size=variable.shape))
    norm1, attention, scale1, _, norm2, expand, gelu, project, scale2, _ = bank.stages

    def run(stage, y):
        own = {name: bank.stacked_weights[f"{stage.name}/{name}"][0] for name in stage.weights()}
        return stage.apply(y, own)

    middle = x + run(scale1, run(attention, run(norm1, x)))
    inner = gelu.apply(run(expand, run(norm2, middle)), {})
    expected = middle + run(scale2, run(project, inner))
    output = bank(x, ops.convert_to_tensor([1.0]))
    np.testing.assert_allclose(ops.convert_to_numpy(output), ops.convert_to_numpy(expected), rtol=1e-4, atol=1e-4)


def test_a_user_states_heads_bias_epsilon_and_activation():
    def stages(width):
        return transformer(width, num_heads=2, expansion=2, use_bias=False, epsilon=1e-2, activation="relu")

    register_block("own_transformer", stages, residual=False, tokens=True)
    norm1, attention, *_, activation, project, _, _ = block_kind("own_transformer").stages(8)
    assert (norm1.epsilon, attention.num_heads, attention.use_bias) == (1e-2, 2, False)
    assert (activation.function, project.inputs, project.use_bias) == ("relu", 16, False)
