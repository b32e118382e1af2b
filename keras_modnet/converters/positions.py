"""Position embeddings of a grid of patches, interpolated to a grid of another size."""

import math

import numpy as np


def resize_positions(positions, size, antialias, offset=0.0):
    """Returns position embeddings for another square grid of patches, by bicubic interpolation.

    A grid that has the size already is given back as it is.

    Args:
        positions: `(1 + old_size^2, width)`: that of the class token, which stays, then those of patches row by row.
        size: patches along a side of the new grid.
        antialias: whether a grid that shrinks is averaged, with the weights of a wider kernel.
        offset: what is added to `size` where steps between patches are computed, and nowhere else. Only without
            `antialias`. Default 0.

    Returns:
        Array `(1 + size^2, width)` of the same type.

    Reference:
        Keys 1981, "Cubic convolution interpolation for digital image processing", with a = -1/2 where it averages and
        -3/4 where not, as `torch.nn.functional.interpolate` has it.
    """
    old_size = math.isqrt(len(positions) - 1)
    if size == old_size:
        return positions
    rows = averaging_matrix(old_size, size) if antialias else interpolating_matrix(old_size, size, offset)
    grid = positions[1:].reshape(old_size, old_size, -1).astype("float64")
    resized = np.einsum("ai,bj,ijc->abc", rows, rows, grid, optimize=True).reshape(size**2, -1)
    return np.concatenate([positions[:1], resized.astype(positions.dtype)])


def interpolating_matrix(old_size, size, offset=0.0):
    """Returns the weights `(size, old_size)` of old places in new ones: four neighbours each, edges repeated.

    Args:
        old_size: places of the old row.
        size: places of the new row.
        offset: what is added to `size` where the step between places is computed.
    """
    places = (np.arange(size) + 0.5) * old_size / (size + offset) - 0.5
    first = np.floor(places).astype(int)
    matrix = np.zeros((size, old_size))
    for shift in (-1, 0, 1, 2):
        neighbours = np.clip(first + shift, 0, old_size - 1)
        # One neighbour a row, so that no place is written twice at once.
        matrix[np.arange(size), neighbours] += _cubic(places - (first + shift), -0.75)
    return matrix


def averaging_matrix(old_size, size):
    """Returns the weights `(size, old_size)` of old places in new ones, which add up to one inside of the edges.

    Args:
        old_size: places of the old row.
        size: places of the new row.
    """
    centres = (np.arange(size) + 0.5) * old_size / size - 0.5
    # The kernel grows with the step where the row shrinks.
    distances = (np.arange(old_size) - centres[:, None]) / max(old_size / size, 1.0)
    weights = _cubic(distances, -0.5)
    return weights / weights.sum(1, keepdims=True)


def _cubic(distance, a):
    x = np.abs(distance)
    near = ((a + 2) * x - (a + 3)) * x**2 + 1
    far = a * (((x - 5) * x + 8) * x - 4)
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))
