"""Grids of cells in the colours of blocks: a cell is split by the weights of its blocks, and says their numbers."""

import numpy as np

from keras_modnet.analysis.colors import block_colors, text_color
from keras_modnet.analysis.drawing import LETTER

# Parts of a cell that are thinner than this share cannot be seen.
LEAST_SHARE = 0.002
# Inches between cells, left out where the cells are small.
GAP = 0.02
MOST_IN_LEGEND = 12
HATCH = "////"


def draw_cells(axes, rows, cell):
    """Draws rows of cells from the top, each split from the top down by the absolute weights of its blocks.

    A part has its block's number where that can be read, and where the longest number could. Parts of negative weights
    are hatched.

    Args:
        axes: Matplotlib axes; a cell is one unit wide and high, the first one around (0, 0).
        rows: for each row the weights of its cells, `(cells, num_blocks)`; a row of NaN is a cell left out.
        cell: width and height of a cell in inches.
    """
    from matplotlib.collections import PolyCollection

    corners, colors, negative = [], [], []
    num_blocks = np.shape(rows[0])[-1]
    palette = block_colors(num_blocks)
    wide_enough = cell[0] >= LETTER * len(str(num_blocks - 1)) + 0.03
    for row, column, block, above, share, is_negative in _parts(rows):
        corners.append(_corners(row, column, above, share, cell))
        colors.append(palette[block])
        negative.append(is_negative)
        if wide_enough and share * cell[1] >= 0.15:
            middle = row - 0.5 + above + share / 2
            own = {"ha": "center", "va": "center_baseline", "fontsize": 8, "color": text_color(palette[block])}
            axes.text(column, middle, str(block), clip_on=True, **own)
    axes.add_collection(PolyCollection(corners, facecolors=colors, linewidths=0))
    hatched = [own for own, is_negative in zip(corners, negative, strict=True) if is_negative]
    if hatched:
        own = {"facecolors": "none", "edgecolors": "white", "linewidths": 0, "hatch": HATCH}
        axes.add_collection(PolyCollection(hatched, **own))
    longest = max(len(row) for row in rows)
    axes.set(xlim=(-0.5, longest - 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _parts(rows):
    """Yields `(row, column, block, share of the cell above, share of the cell, whether the weight is negative)`."""
    for row, weights in enumerate(rows):
        for column, own in enumerate(weights):
            if np.isnan(own).any():
                continue
            shares = np.abs(own) / np.abs(own).sum()
            shares = np.where(shares < LEAST_SHARE, 0.0, shares)
            shares /= shares.sum()
            above = np.cumsum(shares) - shares
            for block in np.flatnonzero(shares):
                yield row, column, int(block), above[block], shares[block], bool(own[block] < 0)


def _corners(row, column, above, share, cell):
    # Parts of one cell touch; cells do not, unless they are small.
    x, y = (GAP / 2 / size if size > 7 * GAP else 0.0 for size in cell)
    left, right = column - 0.5 + x, column + 0.5 - x
    top, bottom = (row - 0.5 + y + (1 - 2 * y) * part for part in (above, above + share))
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def draw_legend(axes, num_blocks, inside_of_figure, has_negative=False):
    """Draws which colour is which block: below the figure where it is ours, else on the right of the axes.

    Args:
        axes: Matplotlib axes.
        num_blocks: blocks of the bank; of many some are shown, evenly.
        inside_of_figure: whether the figure is the caller's.
        has_negative: whether there are hatched parts.
    """
    from matplotlib.patches import Patch

    colors = block_colors(num_blocks)
    shown = np.unique(np.linspace(0, num_blocks - 1, min(num_blocks, MOST_IN_LEGEND)).round().astype(int))
    handles = [Patch(facecolor=colors[block], label=str(block)) for block in shown]
    if has_negative:
        handles.append(Patch(facecolor="0.4", edgecolor="white", linewidth=0, hatch=HATCH, label="negative weight"))
    own = {"handles": handles, "frameon": False, "handlelength": 1.0, "handleheight": 1.0, "fontsize": 8}
    if inside_of_figure:
        axes.legend(title="block", title_fontsize=8, loc="upper left", bbox_to_anchor=(1, 1), **own)
        return
    own["handles"] = [Patch(alpha=0, label="block"), *handles]
    figure = axes.figure
    figure.legend(loc="outside lower center", ncols=len(handles) + 1, columnspacing=0.9, handletextpad=0.4, **own)


def any_negative(orderings):
    """Returns whether any of some orderings has a negative weight."""
    return any(bool((ordering.weights < 0).any()) for ordering in orderings)
