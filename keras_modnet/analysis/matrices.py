"""A matrix of percentages between tasks, with numbers where they can be read."""

import numpy as np

from keras_modnet.analysis import drawing
from keras_modnet.analysis.colors import text_color

COLORS = "cividis"


def draw_matrix(axes, names, values, cell):
    """Draws how alike tasks are, in percent; the diagonal says nothing and is left white.

    Args:
        axes: Matplotlib axes.
        names: names of the rows and columns.
        values: `(n, n)` from 0 to 100.
        cell: width and height of a cell in inches.

    Returns:
        What a colour bar is made of.
    """
    from matplotlib import colormaps

    shown = np.where(np.eye(len(names), dtype=bool), np.nan, values)
    image = axes.imshow(shown, cmap=COLORS, vmin=0, vmax=100, aspect="auto")
    words = [f"{value:.0f}" for value in values[~np.eye(len(names), dtype=bool)]]
    if min(cell) >= drawing.LETTER * max(map(len, words)) + 0.03:
        for (row, column), value in np.ndenumerate(shown):
            if row != column:
                own = {"ha": "center", "va": "center_baseline", "fontsize": 8}
                axes.text(column, row, f"{value:.0f}", color=text_color(colormaps[COLORS](value / 100)), **own)
    drawing.label_names(axes.yaxis, names, cell[1])
    drawing.label_names(axes.xaxis, names, cell[0], rotation=90)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return image
