"""A picture of accuracy against what it costs."""

from keras_modnet.analysis import drawing
from keras_modnet.analysis.colors import block_colors
from keras_modnet.checks import expect

COSTS = {"parameters": "parameters", "macs": "multiply-adds an image"}
MARKERS = "osD^vP*X"
WIDTH, HEIGHT = 3.4, 3.2


def plot_accuracy_costs(rows, path=None, ax=None):
    """Draws the accuracy of networks against their parameters and their multiply-adds, a panel for each.

    Args:
        rows: a dict for each network: `"name"`, `"accuracy"` in percent, and `"parameters"`, `"macs"` (multiply-adds
            of one image) or both, the same in each row; `"spread"`, in percentage points, where it is known.
        path: file to write; its ending says the format, such as `.png` or `.svg`. Its folder is made if need be.
            Default None writes nothing.
        ax: Matplotlib axes to draw into, as many as there are costs in the rows, in the order parameters,
            multiply-adds; default a figure of its own.

    Returns:
        The Matplotlib figure.

    Raises:
        ValueError: no rows, rows without one of these entries or with different ones, another number of axes.
        ImportError: Matplotlib is not installed (`pip install keras_modnet[plot]`).

    Example:
        rows = [{"name": task, "accuracy": 98.2, "parameters": 75_000, "macs": model.count_macs(task)}]
        analysis.plot_accuracy_costs(rows, "costs.png")
    """
    rows = list(rows)
    costs = _costs_of(rows)
    panels = _panels(costs, len(rows)) if ax is None else [ax] if hasattr(ax, "plot") else list(ax)
    expect(len(panels) == len(costs), "ax", f"{len(costs)} axes, for {' and '.join(costs)}", len(panels))
    for panel, cost in zip(panels, costs, strict=True):
        _draw(panel, rows, cost)
    panels[0].set_ylabel("accuracy, %", fontsize=9)
    panels[-1].legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize=8)
    return drawing.finish(panels[0], path)


def _costs_of(rows):
    expect(len(rows) > 0, "rows", "a dict for each network, at least one", rows)
    costs = [cost for cost in COSTS if cost in rows[0]]
    for index, row in enumerate(rows):
        needed = {"name", "accuracy", *costs}
        valid = bool(costs) and needed <= set(row) and not set(COSTS) & set(row) - needed
        expect(valid, f"rows[{index}]", f"a dict with name, accuracy and {' and '.join(costs or COSTS)}", row)
        for entry in ("accuracy", *costs):
            number = isinstance(row[entry], int | float) and row[entry] >= 0 and (entry == "accuracy" or row[entry] > 0)
            expect(number, f"rows[{index}][{entry!r}]", "a positive number", row[entry])
    return costs


def _panels(costs, num_rows):
    size = len(costs) * WIDTH + 1.8, min(max(HEIGHT, 0.19 * num_rows + 0.4), drawing.MAX_HEIGHT)
    figure = drawing.make_figure("plot_accuracy_costs", size)
    return list(figure.subplots(1, len(costs), sharey=True, squeeze=False)[0])


def _draw(axes, rows, cost):
    colors = block_colors(min(len(rows), 8))
    for index, row in enumerate(rows):
        # With each round through the colours comes another round of markers.
        marker = MARKERS[(index + index // len(colors)) % len(MARKERS)]
        own = {"color": colors[index % len(colors)], "marker": marker, "linestyle": "none"}
        spread = row.get("spread")
        label = drawing.shortened(row["name"])
        axes.errorbar(row[cost], row["accuracy"], yerr=spread, label=label, capsize=2, markersize=6, **own)
    _scale(axes, [row[cost] for row in rows])
    axes.set_xlabel(COSTS[cost], fontsize=9)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)


def _scale(axes, costs):
    from matplotlib.ticker import EngFormatter, LogLocator, NullLocator

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if max(costs) < 50 * min(costs) else (1,)))
    axes.xaxis.set_minor_locator(NullLocator())
    # 200k, 3M: as such numbers are said.
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.set_xlim(min(costs) / 1.5, max(costs) * 1.5)
