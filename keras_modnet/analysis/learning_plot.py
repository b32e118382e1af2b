"""A picture of a training: loss and accuracy of each epoch."""

from keras_modnet.analysis import drawing
from keras_modnet.analysis.colors import OKABE_ITO
from keras_modnet.checks import expect

SIZE = (6.5, 2.8)
# Of training, and of validation.
_KINDS = (("", "training images", OKABE_ITO[0], "-"), ("val_", "validation images", OKABE_ITO[4], "--"))


def plot_learning(history, path=None, metric="accuracy", ax=None):
    """Draws the loss and a metric of each epoch, of training and validation images.

    Args:
        history: the result of `adapt_task`, what Keras's `fit` returns, or its dict `{name: [value of each epoch]}`.
        path: file to write; its ending says the format, such as `.png` or `.svg`. Its folder is made if need be.
            Default None writes nothing.
        metric: name of the metric beside the loss, left out where it was not logged.
        ax: Matplotlib axes to draw the metric into, without the loss; default a figure of its own for both.

    Returns:
        The Matplotlib figure.

    Raises:
        ValueError: no epoch was logged, or with `ax` no such metric.
        ImportError: Matplotlib is not installed (`pip install keras_modnet[plot]`).

    Example:
        keras_modnet.plot_learning(result, "learning.png")
    """
    logged = history if isinstance(history, dict) else getattr(history, "history", None)
    known = isinstance(logged, dict) and len(logged.get("loss", ())) > 0
    expect(known, "history", "a history with the loss of at least one epoch", logged)
    if ax is not None:
        expect(metric in logged, "metric", f"one of {sorted(logged)}", metric)
        _draw(ax, logged, metric)
        return drawing.finish(ax, path)
    shown = [name for name in (metric, "loss") if name in logged]
    figure = drawing.make_figure("plot_learning", (SIZE[0] * len(shown) / 2, SIZE[1]))
    for axes, name in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
        _draw(axes, logged, name)
    return drawing.finish(axes, path)


def _draw(axes, logged, name):
    from matplotlib.ticker import MaxNLocator

    percent = name.endswith("accuracy")
    for prefix, label, color, line in _KINDS:
        values = logged.get(f"{prefix}{name}")
        if values is not None:
            shown = [100 * value for value in values] if percent else values
            axes.plot(range(1, len(shown) + 1), shown, line, color=color, label=label, marker="o", markersize=3)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("epoch", fontsize=9)
    axes.set_title(f"{name.replace('_', ' ')}{' (%)' if percent else ''}", fontsize=10)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
