"""A picture of which tasks have like orderings."""

import numpy as np

from keras_modnet.analysis import drawing
from keras_modnet.analysis.clustering import cluster_order
from keras_modnet.analysis.distances import ordering_distances
from keras_modnet.analysis.matrices import draw_matrix
from keras_modnet.analysis.plots import chosen_orderings
from keras_modnet.checks import expect

LEAST_TASKS = 3
WIDTH_OF_BAR = 0.8


def plot_similarity(model, path=None, tasks=None, ax=None):
    """Draws which share of their steps each two tasks have in common, with like tasks side by side.

    The share is one minus `ordering_distances`. Rows and columns are in the order of a clustering by average linkage.

    Args:
        model: a `ModNet`, or a dict `{task: Ordering}`, all for one bank; no mixtures, which run no single blocks.
        path: file to write; its ending says the format, such as `.png` or `.svg`. Its folder is made if need be.
            Default None writes nothing.
        tasks: names of the tasks, at least three; default all.
        ax: Matplotlib axes to draw into; default a figure of its own.

    Returns:
        The Matplotlib figure.

    Raises:
        ValueError: fewer than three tasks, an unknown one, a mixture, orderings for banks of different sizes.
        ImportError: Matplotlib is not installed (`pip install keras_modnet[plot]`).
    """
    chosen = chosen_orderings(model, tasks, LEAST_TASKS)
    mixed = [name for name, ordering in chosen.items() if ordering.mixed]
    expect(not mixed, "tasks", "without mixtures, whose steps have no block of their own", mixed)
    distances = ordering_distances(list(chosen.values()))
    order = cluster_order(distances)
    names = [list(chosen)[index] for index in order]
    axes, cell = _axes(names, ax)
    image = draw_matrix(axes, names, 100 * (1 - distances[np.ix_(order, order)]), cell)
    # An axes of the caller's stays as wide as it is.
    bar = axes.inset_axes((1 + 0.15 / (cell[0] * len(names)), 0, 0.15 / (cell[0] * len(names)), 1))
    axes.figure.colorbar(image, cax=bar, label="steps in common, %")
    return drawing.finish(axes, path)


def _axes(names, ax):
    if ax is not None:
        return ax, tuple(inches / len(names) for inches in drawing.size_of(ax))
    beside = drawing.width_of_names(names)
    cell = drawing.fitting(len(names), drawing.MAX_WIDTH - beside - WIDTH_OF_BAR)
    inside = cell * len(names)
    size = inside + beside + WIDTH_OF_BAR, max(inside + beside, 1.8)
    return drawing.make_axes("plot_similarity", None, size), (cell, cell)
