import keras
import numpy as np
import pytest

from benchmarks.speed.convmixer import convmixer_macs, convmixer_width
from benchmarks.speed.networks import CLASSES, TASK, compiled, image_shape, make_batch, make_modnet, scatter_norms
from benchmarks.speed.peers import copy_weights, plain_resnet, soft_sharing_resnet

CELL = {"side": 4, "patch_size": 2, "width": 8, "num_steps": 4, "num_blocks": 3, "batch_size": 4}
SIZES = {"width": 8, "patch_size": 2, "num_classes": CLASSES}
BLOCKS = [2, 0, 2, 2]


@pytest.fixture
def modnet():
    return scatter_norms(make_modnet(CELL, 0, BLOCKS), 1)


@pytest.fixture
def by_hand(modnet):
    network = plain_resnet(image_shape(CELL), BLOCKS, **SIZES)
    copy_weights(modnet, TASK, network)
    return network


def difference(a, b):
    return float(np.abs(keras.ops.convert_to_numpy(a) - keras.ops.convert_to_numpy(b)).max())


def test_the_network_written_by_hand_has_the_outputs_of_the_static_one(modnet, by_hand):
    images, _ = make_batch(CELL, 0)
    logits = modnet.to_static(TASK)(images)
    assert difference(by_hand(images), logits) < 1e-5
    # The logits of different images differ by far more.
    assert difference(logits[:1], logits[1:]) > 1e-2


def test_both_have_the_same_parameters(modnet, by_hand):
    # Two blocks of the three run.
    assert by_hand.count_params() == modnet.to_static(TASK).count_params()


def test_soft_sharing_has_a_bank_and_a_coefficient_for_each_block_and_convolution():
    network = soft_sharing_resnet(image_shape(CELL), CELL["num_steps"], CELL["num_blocks"], **SIZES)
    plain = plain_resnet(image_shape(CELL), [0, 1, 2, 0], **SIZES)
    assert network.count_params() == plain.count_params() + 2 * CELL["num_steps"] * CELL["num_blocks"]


@pytest.mark.parametrize("soft", [False, True], ids=["plain", "soft sharing"])
def test_it_trains(soft):
    sizes = (CELL["num_steps"], CELL["num_blocks"]) if soft else ([0, 1],)
    make = soft_sharing_resnet if soft else plain_resnet
    network = compiled(make(image_shape(CELL), *sizes, **SIZES))
    images, labels = make_batch(CELL, 0)
    losses = [network.train_on_batch(images, labels) for _ in range(5)]
    assert losses[-1] < losses[0]


def test_the_convmixer_has_the_multiply_adds_that_it_is_asked_for():
    # A 3x3-3x3 block of width 32 at one place; one more channel is 271 multiply-adds more.
    macs = 2 * 9 * 32**2
    width = convmixer_width(macs, kernel=5)
    assert abs(convmixer_macs(width, kernel=5) - macs) <= 271 / 2
    assert convmixer_macs(2, kernel=3) == 2 * 9 + 2 * 2
