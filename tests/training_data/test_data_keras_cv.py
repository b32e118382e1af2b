"""The one augmentation that comes from keras-cv."""

import numpy as np

from training.data import augmentation


def coloured(count):
    return np.broadcast_to(np.array([10, 20, 30], "uint8"), (count, 4, 4, 3))


def test_channel_shuffle_permutes_the_colours_of_each_image():
    shuffled = augmentation("channel_shuffle", (4, 4, 3))(coloured(64), 0)
    assert shuffled.dtype == np.float32
    assert (shuffled == shuffled[:, :1, :1]).all()
    assert {tuple(colour) for colour in shuffled[:, 0, 0].tolist()} == {
        (10, 20, 30),
        (10, 30, 20),
        (20, 10, 30),
        (20, 30, 10),
        (30, 10, 20),
        (30, 20, 10),
    }


def test_seed_and_draw_fix_the_permutations():
    augment = augmentation("channel_shuffle", (4, 4, 3))
    first = augment(coloured(16), 1)
    assert not np.array_equal(augment(coloured(16), 2), first)
    np.testing.assert_array_equal(augment(coloured(16), 1), first)
