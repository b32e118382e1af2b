import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from keras_modnet.analysis.colors import block_colors, text_color

# What remains of linear red, green and blue without red or without green cones: Machado et al. 2009, severity 1.
SEEN = {
    "all cones": np.eye(3),
    "no red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green cones": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
}
# sRGB to CIE XYZ, each divided by that of white (D65).
XYZ = np.array([[0.4339, 0.3762, 0.1899], [0.2126, 0.7152, 0.0722], [0.0178, 0.1095, 0.8727]])


def linear(colors):
    """The light of each of red, green and blue: sRGB without its curve."""
    colors = np.array(colors)
    return np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)


def lab(colors, seen):
    """CIE 1976 L*a*b* of colours as they are seen."""
    x, y, z = np.cbrt(np.clip(linear(colors) @ np.array(seen).T, 0, 1) @ XYZ.T).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def least_difference(colors, seen):
    return min(np.linalg.norm(one - other) for one, other in itertools.combinations(lab(colors, seen), 2))


@pytest.mark.parametrize("seen", SEEN)
def test_any_two_of_eight_blocks_differ_to_every_reader(seen):
    # A difference of 2 can be seen side by side; across a picture it takes far more.
    assert least_difference(block_colors(8), SEEN[seen]) > 15


def test_the_measure_finds_the_red_and_green_that_the_blind_confuse():
    assert least_difference([to_rgb("tab:green"), to_rgb("tab:red")], SEEN["no green cones"]) < 15


@pytest.mark.parametrize("seen", SEEN)
def test_many_blocks_go_from_dark_to_light_in_equal_steps_for_every_reader(seen):
    steps = np.diff(lab(block_colors(24), SEEN[seen])[:, 0])
    assert steps.min() > 1.5
    assert steps.max() < 6


def test_a_bank_keeps_its_first_colours_when_it_grows():
    assert block_colors(8)[:3] == block_colors(3)
    assert [len(block_colors(number)) for number in (1, 8, 9, 40)] == [1, 8, 9, 40]


@pytest.mark.parametrize("num_blocks", [8, 24])
def test_numbers_can_be_read_on_every_block(num_blocks):
    def luminance(color):
        return linear(color) @ XYZ[1]

    for color in block_colors(num_blocks):
        light, dark = sorted([luminance(color), luminance(to_rgb(text_color(color)))], reverse=True)
        # At least what the Web Content Accessibility Guidelines ask for.
        assert (light + 0.05) / (dark + 0.05) > 4.5
