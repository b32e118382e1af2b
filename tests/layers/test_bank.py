import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import BlockBank
from keras_modnet.layers.bank import stacked_initializer
from keras_modnet.layers.mixing import mix_weights, pick_weights


def make_bank(num_blocks=3, block="basic", channels=4, **arguments):
    bank = BlockBank(num_blocks, block, **arguments)
    bank.build((None, 2, 2, channels))
    return bank


def test_mixed_weights_are_sums_of_the_blocks():
    stacked = {"kernel": ops.convert_to_tensor([[1.0, 2.0], [10.0, 20.0]])}
    # 0.5 * (1, 2) + 0.5 * (10, 20), and the second block alone.
    mixed = mix_weights(ops.convert_to_tensor([[0.5, 0.5], [0.0, 1.0]]), stacked)
    np.testing.assert_allclose(ops.convert_to_numpy(mixed["kernel"]), [[5.5, 11.0], [10.0, 20.0]])


def test_picked_weights_are_those_of_the_blocks():
    stacked = {"kernel": ops.convert_to_tensor([[1.0, 2.0], [10.0, 20.0]])}
    picked = pick_weights(ops.convert_to_tensor([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]), stacked)
    np.testing.assert_allclose(ops.convert_to_numpy(picked["kernel"]), [[10.0, 20.0], [1.0, 2.0], [10.0, 20.0]])


@pytest.mark.parametrize(
    ("block", "shapes"),
    [
        ("basic", {"conv1/kernel": (3, 3, 4, 4), "conv2/kernel": (3, 3, 4, 4)}),
        (
            "bottleneck",
            {"expand/kernel": (1, 1, 4, 16), "depthwise/kernel": (3, 3, 16, 1), "project/kernel": (1, 1, 16, 4)},
        ),
        (
            "convnext",
            {
                "depthwise/kernel": (7, 7, 4, 1),
                "depthwise/bias": (4,),
                "norm/scale": (4,),
                "norm/offset": (4,),
                "expand/kernel": (1, 1, 4, 16),
                "expand/bias": (16,),
                "project/kernel": (1, 1, 16, 4),
                "project/bias": (4,),
                "scale/scale": (1, 1, 4, 1),
            },
        ),
    ],
)
def test_stacked_weights_have_stable_names_and_the_block_axis_first(block, shapes):
    stacked = make_bank(5, block).stacked_weights
    assert {name: tuple(variable.shape) for name, variable in stacked.items()} == {
        name: (5, *shape) for name, shape in shapes.items()
    }
    assert list(stacked) == list(shapes)


def test_blocks_start_different_with_the_deviation_of_one_block():
    kernel = ops.convert_to_numpy(make_bank(6, channels=32).stacked_weights["conv1/kernel"])
    # he_normal of a 3x3 kernel with 32 inputs: sqrt(2 / 288); 9216 numbers a block, so 5 standard errors are 3.7 %.
    np.testing.assert_allclose(kernel.std(axis=(1, 2, 3, 4)), np.full(6, np.sqrt(2 / 288)), rtol=0.037)
    for block in range(1, 6):
        assert (kernel[block] != kernel[0]).mean() > 0.99


def test_stacked_initializer_draws_like_one_layer():
    keras.utils.set_random_seed(4)
    stacked = ops.convert_to_numpy(stacked_initializer("glorot_uniform")((2, 3, 5)))
    keras.utils.set_random_seed(4)
    # An initializer that is made anew draws the next numbers, so the order is that of separate layers.
    blocks = [ops.convert_to_numpy(keras.initializers.get("glorot_uniform")((3, 5))) for _ in range(2)]
    np.testing.assert_array_equal(stacked, np.stack(blocks))


@pytest.mark.parametrize(
    ("block", "macs"),
    [
        # Two 3x3 convolutions of 4 to 4 channels on 2 x 3 positions.
        ("basic", 6 * 2 * 9 * 4 * 4),
        ("bottleneck", 6 * (4 * 16 + 9 * 16 + 16 * 4)),
        # The layer scale is one multiplication a feature; norms and activations are not counted.
        ("convnext", 6 * (49 * 4 + 4 * 16 + 16 * 4 + 4)),
    ],
)
def test_multiply_adds_of_a_step(block, macs):
    assert make_bank(block=block).macs_per_step(2, 3) == macs


@pytest.mark.parametrize(
    ("block", "places"),
    [("basic", {"norm1": 4, "norm2": 4}), ("bottleneck", {"norm1": 4, "norm2": 16, "norm3": 16}), ("convnext", {})],
)
def test_places_of_the_norms_that_a_step_needs(block, places):
    assert make_bank(block=block).norm_places == places


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_blocks": 0}, "`num_blocks` must be a whole number of at least 1. Received: 0"),
        ({"num_blocks": True}, "`num_blocks` must be a whole number of at least 1. Received: True"),
        ({"num_blocks": 2, "mixing": "sum"}, "`mixing` must be one of 'weights', 'outputs'. Received: 'sum'"),
        ({"num_blocks": 2, "block": "resnet"}, "`block` must be one of .*'basic'.* Received: 'resnet'"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        BlockBank(**arguments)


@pytest.mark.parametrize("shape", [(None, 4), (None, 2, 2, None), (None, 2, 4)])
def test_features_of_another_rank_are_refused(shape):
    with pytest.raises(ValueError, match=r"`x` must be features \(batch, height, width, channels\)"):
        BlockBank(2).build(shape)
