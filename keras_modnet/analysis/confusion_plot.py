"""A picture of which classes are taken for which."""

import numpy as np

from keras_modnet.analysis import drawing
from keras_modnet.analysis.colors import text_color
from keras_modnet.analysis.matrices import COLORS
from keras_modnet.checks import expect

# Title, bar and names of the axes.
HEIGHT_OF_WORDS, WIDTH_OF_WORDS = 1.0, 1.2


def plot_confusion(accuracy, path=None, ax=None):
    """Draws of the images of each class how many were taken for each class, in percent of the class.

    A row is a class as labelled, a column a class as answered; the diagonal is what was recognized. Numbers and names
    are left out where they could not be read.

    Args:
        accuracy: `ClassAccuracy`, as `class_accuracy` returns it, or what holds one, as the result of `adapt_task`.
        path: file to write; its ending says the format, such as `.png` or `.svg`. Its folder is made if need be.
            Default None writes nothing.
        ax: Matplotlib axes to draw into; default a figure of its own.

    Returns:
        The Matplotlib figure.

    Raises:
        ValueError: the result of an adaptation without validation images.
        ImportError: Matplotlib is not installed (`pip install keras_modnet[plot]`).

    Example:
        keras_modnet.plot_confusion(result, "confusion.png")
    """
    accuracy = getattr(accuracy, "by_class", None) if hasattr(accuracy, "history") else accuracy
    known = hasattr(accuracy, "confusion")
    expect(known, "accuracy", "a ClassAccuracy, or a result with images that were held out", type(accuracy).__name__)
    counts, names = accuracy.confusion, accuracy.class_names
    axes = drawing.make_axes("plot_confusion", ax, _size(names))
    width, height = drawing.size_of(axes)
    cell = width / len(names), height / len(names)
    # A class without images has no shares.
    shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares[counts.sum(axis=1) == 0] = np.nan
    image = axes.imshow(shares, cmap=COLORS, vmin=0, vmax=100, aspect="auto")
    if min(cell) >= 3 * drawing.LETTER + 0.03:
        _write_numbers(axes, shares)
    drawing.label_names(axes.yaxis, names, cell[1])
    drawing.label_names(axes.xaxis, names, cell[0], rotation=90)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_ylabel("class as labelled", fontsize=9)
    axes.set_xlabel("class as answered", fontsize=9)
    axes.set_title(f"{100 * accuracy.accuracy:.1f} % of {accuracy.num_images:,} images recognized", fontsize=10)
    bar = axes.figure.colorbar(image, ax=axes, fraction=0.046)
    bar.set_label("% of the images of the class", fontsize=9)
    bar.outline.set_visible(False)
    return drawing.finish(axes, path)


def _size(names):
    beside = drawing.width_of_names(names)
    room = min(drawing.MAX_WIDTH, drawing.MAX_HEIGHT) - beside - WIDTH_OF_WORDS
    side = max(len(names) * drawing.fitting(len(names), room), 2.0)
    return side + beside + WIDTH_OF_WORDS, side + beside + HEIGHT_OF_WORDS


def _write_numbers(axes, shares):
    from matplotlib import colormaps

    for (row, column), share in np.ndenumerate(shares):
        if share > 0:
            own = {"ha": "center", "va": "center_baseline", "fontsize": 8}
            axes.text(column, row, f"{share:.0f}", color=text_color(colormaps[COLORS](share / 100)), **own)
