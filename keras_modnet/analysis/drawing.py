"""What the pictures of orderings have in common; Matplotlib is imported where something is drawn, not before."""

import pathlib


def make_figure(function, size):
    """Returns an empty Matplotlib figure.

    Args:
        function: name of the function that draws, for the error.
        size: width and height in inches.

    Raises:
        ImportError: Matplotlib is not installed (`pip install keras_modnet[plot]`).
    """
    try:
        # The figure is made without pyplot: no window system and no global state.
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(f"`{function}` draws with Matplotlib: `pip install keras_modnet[plot]`.") from error
    return Figure(figsize=size, layout="constrained")


def save_figure(figure, path):
    """Writes a figure in the format that the ending of the path says and returns the path; makes its folder."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120, bbox_inches="tight")
    return path


def block_colors(num_blocks):
    """Returns the colours of the blocks of a bank; with more than 20 blocks they begin again."""
    from matplotlib import colormaps

    return colormaps["tab10" if num_blocks <= 10 else "tab20"].colors


def draw_steps(axes, names, orderings):
    """Draws orderings as rows of coloured squares, a square a step, with the block's number on it.

    Args:
        axes: Matplotlib axes.
        names: names of the rows, from the top.
        orderings: an `Ordering` for each name, for one bank.
    """
    colors = block_colors(orderings[0].num_blocks)
    for row, ordering in enumerate(orderings):
        for step, block in enumerate(ordering.blocks):
            # A row that is not hard is drawn paler the nearer it is to "any block".
            axes.add_patch(_square(step, row, colors[block % len(colors)], alpha=float(ordering.shares[step].max())))
            axes.text(step, row, str(block), ha="center", va="center", fontsize=9)
    longest = max(ordering.num_steps for ordering in orderings)
    axes.set(xlim=(-0.5, longest - 0.5), ylim=(len(names) - 0.5, -0.5), aspect="equal")
    axes.set_xticks(range(longest), [str(step + 1) for step in range(longest)], fontsize=8)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("step")


def _square(x, y, color, alpha):
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.47, y - 0.47), 0.94, 0.94, facecolor=color, alpha=alpha, edgecolor="none")
