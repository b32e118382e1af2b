"""A picture of how an ordering formed in training."""

import numpy as np

from keras_modnet.analysis import drawing
from keras_modnet.analysis.cells import any_negative, draw_cells, draw_legend
from keras_modnet.analysis.distances import expect_one_bank
from keras_modnet.checks import expect

HEIGHT_OF_WORDS, WIDTH_OF_WORDS = 1.0, 0.7


def plot_ordering_history(orderings, path=None, ax=None):
    """Draws how an ordering formed: a column for each epoch, a row for each step, both counted from 0.

    A step that is not decided is a cell split by the probabilities of its blocks.

    Args:
        orderings: the `Ordering` of one task after each epoch, as `callbacks.OrderingHistory` records them; the
            number of steps may change, the bank may not.
        path: file to write; its ending says the format, such as `.png` or `.svg`. Its folder is made if need be.
            Default None writes nothing.
        ax: Matplotlib axes to draw into; default a figure of its own.

    Returns:
        The Matplotlib figure.

    Raises:
        ValueError: no orderings, or for banks of different sizes.
        ImportError: Matplotlib is not installed (`pip install keras_modnet[plot]`).

    Example:
        history = callbacks.OrderingHistory()
        model.fit(images, labels, epochs=8, callbacks=[callbacks.TemperatureAnnealing(), history])
        analysis.plot_ordering_history(history.orderings["digits"], "formed.png")
    """
    orderings = list(orderings)
    expect(len(orderings) > 0, "orderings", "those of at least one epoch", orderings)
    expect_one_bank(orderings)
    num_steps = max(ordering.num_steps for ordering in orderings)
    if ax is None:
        width = max(len(orderings) * drawing.fitting(len(orderings), drawing.MAX_WIDTH - WIDTH_OF_WORDS), 2.5)
        height = num_steps * drawing.fitting(num_steps, drawing.MAX_HEIGHT - HEIGHT_OF_WORDS)
        axes = drawing.make_axes("plot_ordering_history", None, (width + WIDTH_OF_WORDS, height + HEIGHT_OF_WORDS))
    else:
        axes, (width, height) = ax, drawing.size_of(ax)
    cell = width / len(orderings), height / num_steps
    draw_cells(axes, _rows(orderings, num_steps), cell)
    drawing.label_numbers(axes.xaxis, len(orderings), cell[0])
    drawing.label_numbers(axes.yaxis, num_steps, cell[1])
    axes.set_xlabel("epoch", fontsize=9)
    axes.set_ylabel("step", fontsize=9)
    draw_legend(axes, orderings[0].num_blocks, ax is not None, any_negative(orderings))
    return drawing.finish(axes, path)


def _rows(orderings, num_steps):
    """Returns the weights of each step in each epoch, `(num_steps, epochs, num_blocks)`; NaN where there is no step."""
    rows = np.full((num_steps, len(orderings), orderings[0].num_blocks), np.nan)
    for epoch, ordering in enumerate(orderings):
        rows[: ordering.num_steps, epoch] = ordering.weights
    return rows
