"""A picture of the orderings that a person understands without a caption."""

from keras_modnet.analysis import drawing
from keras_modnet.analysis.cells import any_negative, draw_cells, draw_legend
from keras_modnet.analysis.colors import block_colors
from keras_modnet.analysis.distances import block_use, expect_one_bank
from keras_modnet.checks import expect

WIDTH_OF_USE = 1.8
# Title, numbers of the steps and legend.
HEIGHT_OF_WORDS = 1.3


def plot_orderings(model, path=None, tasks=None, ax=None):
    """Draws which block runs at which step of each task, and how often each task uses each block.

    A row is a task, a column a step, counted from 0 as in all calls. A step that is not decided, and each step of a
    mixture, is a cell split by the weights of its blocks; so is the use of the blocks. Numbers and names are left out
    where they could not be read.

    Args:
        model: a `ModNet`, or a dict `{task: Ordering}`, all for one bank.
        path: file to write; its ending says the format, such as `.png` or `.svg`. Its folder is made if need be.
            Default None writes nothing.
        tasks: names of the tasks, in the order of the rows; default all.
        ax: Matplotlib axes to draw the steps into, without the use of the blocks; default a figure of its own.

    Returns:
        The Matplotlib figure.

    Raises:
        ValueError: no task or an unknown one; orderings for banks of different sizes.
        ImportError: Matplotlib is not installed (`pip install keras_modnet[plot]`).

    Example:
        keras_modnet.plot_orderings(model, "orderings.png")
    """
    chosen = chosen_orderings(model, tasks)
    names, orderings = list(chosen), list(chosen.values())
    if ax is not None:
        width, height = drawing.size_of(ax)
        cell = width / max(ordering.num_steps for ordering in orderings), height / len(names)
        draw_steps(ax, names, orderings, cell)
        draw_legend(ax, orderings[0].num_blocks, True, any_negative(orderings))
        return drawing.finish(ax, path)
    steps, use, cell = _panels(names, orderings)
    draw_steps(steps, names, orderings, cell)
    steps.set_title("block of each step", fontsize=10)
    _draw_use(use, orderings)
    draw_legend(steps, orderings[0].num_blocks, False, any_negative(orderings))
    return drawing.finish(steps, path)


def chosen_orderings(model, tasks, at_least=1):
    """Returns `{task: Ordering}` of some tasks of a model, or of a dict of orderings; refuses other tasks.

    Args:
        model: a `ModNet`, or a dict `{task: Ordering}`.
        tasks: names of the tasks; None: all.
        at_least: how many there must be.
    """
    orderings = model if isinstance(model, dict) else {name: model.ordering(name) for name in model.task_names}
    names = list(orderings) if tasks is None else list(tasks)
    some = "some" if at_least == 1 else f"at least {at_least}"
    known = len(names) >= at_least and set(names) <= set(orderings) and len(set(names)) == len(names)
    expect(known, "tasks", f"{some} of {sorted(orderings)}, each once", names)
    chosen = {name: orderings[name] for name in names}
    expect_one_bank(chosen.values())
    return chosen


def _panels(names, orderings):
    num_steps = max(ordering.num_steps for ordering in orderings)
    beside = drawing.width_of_names(names) + WIDTH_OF_USE + 0.4
    # Wide enough for the title, and for the legend below.
    width = max(num_steps * drawing.fitting(num_steps, drawing.MAX_WIDTH - beside), 1.5)
    height = drawing.fitting(len(names), drawing.MAX_HEIGHT - HEIGHT_OF_WORDS)
    size = width + beside, len(names) * height + HEIGHT_OF_WORDS
    figure = drawing.make_figure("plot_orderings", size)
    steps, use = figure.subplots(1, 2, width_ratios=(width, WIDTH_OF_USE))
    return steps, use, (width / num_steps, height)


def draw_steps(axes, names, orderings, cell):
    """Draws orderings as rows of cells, a cell a step.

    Args:
        axes: Matplotlib axes.
        names: names of the rows, from the top.
        orderings: an `Ordering` for each name, for one bank.
        cell: width and height of a cell in inches.
    """
    draw_cells(axes, [ordering.weights for ordering in orderings], cell)
    drawing.label_numbers(axes.xaxis, max(ordering.num_steps for ordering in orderings), cell[0])
    drawing.label_names(axes.yaxis, names, cell[1])
    split = any(not ordering.is_hard for ordering in orderings)
    axes.set_xlabel("step (a cell is split by the weights of its blocks)" if split else "step", fontsize=9)


def _draw_use(axes, orderings):
    use = 100 * block_use(orderings)
    for block, color in enumerate(block_colors(use.shape[1])):
        axes.barh(range(len(use)), use[:, block], left=use[:, :block].sum(axis=1), color=color, height=0.8)
    axes.set(xlim=(0, 100), ylim=(len(use) - 0.5, -0.5), yticks=[], xticks=(0, 50, 100))
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("% of the steps", fontsize=9)
    axes.set_title("use of each block", fontsize=10)
