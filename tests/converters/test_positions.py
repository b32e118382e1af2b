"""Position embeddings of another grid are what the published code makes of them."""

import numpy as np
import pytest

from keras_modnet.converters.positions import averaging_matrix, interpolating_matrix, resize_positions
from keras_modnet.converters.transformer_layouts import DINOV2, TIMM, find_layout


class Names:
    """A state with these names of tensors."""

    def __init__(self, *names):
        self.has = names.__contains__


TRANSFORMERS = find_layout(Names("embeddings.cls_token"))


@pytest.mark.parametrize("size", [3, 4, 8])
@pytest.mark.parametrize(
    ("code", "layout", "has_registers"),
    [
        ("transformers", TRANSFORMERS, False),
        ("transformers_registers", TRANSFORMERS, True),
        ("dinov2", DINOV2, False),
        ("transformers_registers", DINOV2, True),
        ("timm", TIMM, False),
    ],
)
def test_positions_are_those_of_torch(fixtures, code, layout, has_registers, size):
    stored = np.load(fixtures / "positions.npz")
    resized = layout.resize(stored["positions"], size, has_registers)
    assert resized.dtype == np.float32
    np.testing.assert_allclose(resized, stored[f"{code}_{size}"], atol=1e-5)


def test_the_published_codes_differ_so_that_none_can_stand_for_another(fixtures):
    stored = np.load(fixtures / "positions.npz")
    smaller = [stored[f"{code}_3"] for code in ("transformers", "dinov2", "timm")]
    assert min(np.abs(a - b).max() for a, b in zip(smaller, smaller[1:] + smaller[:1], strict=True)) > 1e-3


def test_a_grid_of_the_same_size_is_left_as_it_is():
    positions = np.random.default_rng(0).normal(size=(1 + 9, 2))
    assert resize_positions(positions, 3, antialias=False, offset=0.1) is positions


@pytest.mark.parametrize("size", [1, 3, 6, 11])
def test_equal_positions_stay_equal(size):
    positions = np.ones((1 + 25, 2), "float32")
    for options in ({"antialias": True}, {"antialias": False}, {"antialias": False, "offset": 0.1}):
        resized = resize_positions(positions, size, **options)
        assert resized.shape == (1 + size**2, 2)
        np.testing.assert_allclose(resized, 1, rtol=1e-6)


def test_rows_of_a_grid_stay_rows():
    # A value a row: 0, 1, 2, 3; in the middle of twice as many rows a quarter of a step beside each.
    grid = np.repeat(np.arange(4.0), 4)
    positions = np.concatenate([[9.0], grid])[:, None]
    resized = resize_positions(positions, 8, antialias=False)
    assert resized[0] == 9
    rows = resized[1:, 0].reshape(8, 8)
    np.testing.assert_allclose(rows, np.repeat(rows[:, :1], 8, axis=1))
    np.testing.assert_allclose(rows[3:5, 0], [1.25, 1.75], atol=0.05)


def test_averaging_looks_at_more_neighbours_where_it_shrinks():
    assert (averaging_matrix(12, 3)[1] != 0).sum() > 4
    assert (interpolating_matrix(12, 3)[1] != 0).sum() <= 4


@pytest.mark.parametrize(
    ("names", "layout"),
    [
        (("embeddings.cls_token", "embeddings.mask_token"), TRANSFORMERS),
        (("cls_token", "mask_token"), DINOV2),
        (("cls_token",), TIMM),
    ],
)
def test_the_names_tell_the_layout(names, layout):
    assert find_layout(Names(*names)) == layout


def test_the_backbone_of_a_classifier_of_transformers_is_found_behind_its_prefix():
    for prefix in ("dinov2.", "dinov2_with_registers."):
        assert find_layout(Names(f"{prefix}embeddings.cls_token")).norm == f"{prefix}layernorm"
