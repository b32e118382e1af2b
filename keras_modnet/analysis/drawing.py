"""What all pictures have in common; Matplotlib is imported where something is drawn, not before."""

import pathlib

# Inches: what a page or a screen shows without making the letters smaller.
MAX_WIDTH, MAX_HEIGHT = 9.0, 11.0
DOTS_PER_INCH = 150
LARGEST_CELL = 0.36
# Inches of one letter or digit, with 8 points.
LETTER = 0.075
MOST_LETTERS = 24


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
    return Figure(figsize=size, dpi=DOTS_PER_INCH, layout="constrained")


def make_axes(function, ax, size):
    """Returns the axes to draw into: those given, or those of a new figure of a size in inches."""
    return make_figure(function, size).subplots() if ax is None else ax


def finish(axes, path):
    """Returns the figure of some axes; writes it first where there is a path.

    Args:
        axes: Matplotlib axes.
        path: file to write, whose ending says the format, such as `.png` or `.svg`; its folder is made if need be.
            None writes nothing.
    """
    # Axes may lie in a figure within a figure.
    figure = axes.figure.figure
    if path is not None:
        save_figure(figure, path)
    return figure


def save_figure(figure, path):
    """Writes a figure in the format that the ending of the path says; makes its folder."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DOTS_PER_INCH, bbox_inches="tight")


def size_of(axes):
    """Returns width and height of axes in inches, as they are before a layout moves them."""
    box = axes.get_window_extent()
    return box.width / axes.figure.dpi, box.height / axes.figure.dpi


def fitting(count, room, largest=LARGEST_CELL):
    """Returns the inches that each of `count` cells gets of `room` inches, `largest` at most."""
    return min(largest, room / count)


def shortened(name):
    """Returns a name of at most `MOST_LETTERS` letters; a longer one loses its middle."""
    half = MOST_LETTERS // 2
    return name if len(name) <= MOST_LETTERS else f"{name[:half]}…{name[1 - half :]}"


def width_of_names(names):
    """Returns the inches that the longest of some names takes beside an axis."""
    return LETTER * max(len(shortened(name)) for name in names) + 0.2


def label_numbers(axis, count, inches):
    """Writes the numbers from 0 at the ticks of an axis, as many as can be read, the cells being so many inches."""
    needed = LETTER * len(str(count - 1)) + 0.1
    every = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if step * inches >= needed)
    axis.set_ticks(range(0, count, every))
    axis.set_tick_params(labelsize=8)


def label_names(axis, names, inches, **options):
    """Writes names at the ticks of an axis, as many as can be read, the cells being so many inches."""
    # Letters of 5 points are 0.1 inch with their line.
    every = max(1, round(0.1 / inches + 0.49))
    axis.set_ticks(range(0, len(names), every), [shortened(name) for name in names[::every]], **options)
    axis.set_tick_params(labelsize=min(9, max(5, 55 * inches)))
