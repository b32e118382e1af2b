"""A picture of the orderings that a person understands without a caption."""

from keras_modnet.analysis.distances import block_use, ordering_distances
from keras_modnet.analysis.drawing import block_colors, draw_steps, make_figure, save_figure
from keras_modnet.checks import expect


def plot_orderings(model, path, tasks=None):
    """Draws the tasks' orderings, how often each uses each block, and how far apart they are.

    Args:
        model: a `ModNet`, or a dict `{task: Ordering}`.
        path: file to write; its ending says the format, such as `.png`. Its folder is made if need be.
        tasks: names of the tasks; default all.

    Returns:
        The path.

    Raises:
        ValueError: no task or an unknown one.
        ImportError: Matplotlib is not installed (`pip install keras_modnet[plot]`).
    """
    orderings = model if isinstance(model, dict) else {name: model.ordering(name) for name in model.task_names}
    names = list(orderings) if tasks is None else list(tasks)
    expect(names and set(names) <= set(orderings), "tasks", f"some of {sorted(orderings)}", names)
    chosen = [orderings[name] for name in names]
    figure, axes = _figure(len(names), max(ordering.num_steps for ordering in chosen))
    draw_steps(axes[0], names, chosen)
    axes[0].set_title("which block runs at which step", fontsize=10)
    _draw_use(axes[1], names, chosen)
    _draw_distances(axes[2], names, chosen)
    return save_figure(figure, path)


def _figure(num_tasks, num_steps):
    height = 1.4 + 0.5 * num_tasks
    figure = make_figure("plot_orderings", (0.45 * num_steps + 0.6 * num_tasks + 6.5, height))
    widths = [0.45 * num_steps + 1.5, 2.5, 0.6 * num_tasks + 1.5]
    return figure, figure.subplots(1, 3, width_ratios=widths)


def _draw_use(axes, names, orderings):
    num_blocks = orderings[0].num_blocks
    colors = block_colors(num_blocks)
    left = [0.0] * len(names)
    use = block_use(orderings)
    for block in range(num_blocks):
        shares = 100 * use[:, block]
        axes.barh(range(len(names)), shares, left=left, color=colors[block % len(colors)])
        left = [start + share for start, share in zip(left, shares, strict=True)]
    axes.set(xlim=(0, 100), ylim=(len(names) - 0.5, -0.5), yticks=[])
    axes.set_xlabel("steps, %")
    axes.set_title("use of each block", fontsize=10)


def _draw_distances(axes, names, orderings):
    distances = 100 * ordering_distances(orderings)
    axes.imshow(distances, cmap="Greys", vmin=0, vmax=150)
    for row, values in enumerate(distances):
        for column, value in enumerate(values):
            axes.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=9)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_title("steps that differ, %", fontsize=10)
