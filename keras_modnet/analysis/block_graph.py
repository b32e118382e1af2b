"""A picture of the way that the features of a task take through the blocks."""

import itertools

import numpy as np

from keras_modnet.analysis import drawing
from keras_modnet.analysis.colors import block_colors, text_color
from keras_modnet.checks import expect

# Inches.
NODE = 0.17
DISTANCE = 1.0
AROUND = 0.8
MOST_RANGES = 3
# Where the number of an arrow may be, from 0 at its start: first near it, where fewer arrows cross than in the middle.
PARTS = (0.35, 0.3, 0.4, 0.25, 0.45, 0.2, 0.55, 0.6, 0.65, 0.7, 0.75)
ARROW = {"arrowstyle": "-|>", "mutation_scale": 9, "linewidth": 1.1, "color": "0.35"}


def plot_block_graph(ordering, path=None, ax=None):
    """Draws the blocks of a bank in a circle, and as numbered arrows the way of one task through them.

    The number of an arrow is the step, counted from 0, at which the block runs that it leads to; an arrow that is
    taken more than once has all of its steps, "2, 5-7". A block that no step runs is grey.

    Args:
        ordering: the `Ordering` of one task; where a step is not decided the block of its largest weight counts. No
            mixture, which runs all blocks at each step.
        path: file to write; its ending says the format, such as `.png` or `.svg`. Its folder is made if need be.
            Default None writes nothing.
        ax: Matplotlib axes to draw into; default a figure of its own.

    Returns:
        The Matplotlib figure.

    Raises:
        ValueError: a mixture.
        ImportError: Matplotlib is not installed (`pip install keras_modnet[plot]`).

    Example:
        analysis.plot_block_graph(model.ordering("digits"), "way.svg")
    """
    expect(not ordering.mixed, "ordering", "one whose steps run one block each, not a mixture", ordering)
    num_blocks, arrows = ordering.num_blocks, _arrows(ordering.blocks)
    radius = _radius(num_blocks, len(arrows))
    side = 2 * (radius + AROUND)
    axes = drawing.make_axes("plot_block_graph", ax, (min(side, drawing.MAX_WIDTH),) * 2)
    axes.set(xlim=(-side / 2, side / 2), ylim=(-side / 2, side / 2), aspect="equal")
    axes.set_axis_off()
    # The first block is at the top, the others follow clockwise.
    angles = np.pi / 2 - 2 * np.pi * np.arange(num_blocks) / num_blocks
    places = radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    _draw_ends(axes, places, angles, ordering.blocks)
    labels = []
    for (first, second), steps in arrows.items():
        if first == second:
            _draw_loop(axes, places[first], angles[first], _ranges(steps))
        else:
            curve = _draw_arrow(axes, places, (first, second))
            labels.append(_draw_number(axes, curve, _ranges(steps), labels))
    _draw_blocks(axes, places, ordering)
    return drawing.finish(axes, path)


def _radius(num_blocks, num_arrows):
    """Returns the inches from the middle to the blocks: room between neighbours, and for the numbers of the arrows."""
    if num_blocks == 1:
        return 0.0
    return max(DISTANCE / 2 / np.sin(np.pi / num_blocks), 0.4 * np.sqrt(num_arrows))


def _arrows(blocks):
    """Returns `{(block, next block): [steps at which the next one runs]}`."""
    arrows = {}
    for step, pair in enumerate(itertools.pairwise(blocks), 1):
        arrows.setdefault(pair, []).append(step)
    return arrows


def _ranges(steps):
    """Returns steps as a text, "1, 3-5"; of many ranges the first ones."""
    groups = [[steps[0], steps[0]]]
    for step in steps[1:]:
        if step == groups[-1][1] + 1:
            groups[-1][1] = step
        else:
            groups.append([step, step])
    words = [str(first) if first == last else f"{first}-{last}" for first, last in groups]
    return ", ".join(words[:MOST_RANGES]) + ("…" if len(words) > MOST_RANGES else "")


def _draw_blocks(axes, places, ordering):
    from matplotlib.patches import Circle

    colors = block_colors(ordering.num_blocks)
    for block, place in enumerate(places):
        color = colors[block] if block in ordering.blocks else (0.88, 0.88, 0.88)
        axes.add_patch(Circle(place, NODE, facecolor=color, edgecolor="none", zorder=3))
        own = {"ha": "center", "va": "center_baseline", "fontsize": 9, "color": text_color(color), "zorder": 4}
        axes.text(*place, str(block), **own)


def _arrow(axes, start, end, bend=0.0):
    from matplotlib.patches import FancyArrowPatch

    axes.add_patch(FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bend}", shrinkA=0, shrinkB=0, **ARROW))


def _label(axes, place, words):
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    axes.text(*place, words, ha="center", va="center", fontsize=8, bbox=box, zorder=5)


def _towards(start, end, distance):
    """Returns the point at a distance from one point on the way to another."""
    way = np.subtract(end, start)
    return start + distance * way / np.linalg.norm(way)


def _draw_arrow(axes, places, pair):
    """Draws an arrow and returns its curve: where it starts, what it bends towards, where it ends."""
    start, end = places[pair[0]], places[pair[1]]
    # A bend of Matplotlib's arc3 has its control point across the middle; all bend inwards, away from other blocks,
    # but for two blocks alone, whose arrows there and back would meet.
    across = np.array([end[1] - start[1], start[0] - end[0]])
    inwards = 1.0 if len(places) == 2 or across @ (start + end) < 1e-9 else -1.0
    bend = inwards * (0.12 if pair[0] < pair[1] or len(places) == 2 else 0.28)
    control = (start + end) / 2 + bend * across
    start, end = _towards(start, control, NODE), _towards(end, control, NODE)
    _arrow(axes, start, end, bend)
    across = np.array([end[1] - start[1], start[0] - end[0]])
    return start, (start + end) / 2 + bend * across, end


def _draw_number(axes, curve, words, others):
    """Writes words on a curve where no other words are, if there is such a place; returns `(place, width)`."""
    width = drawing.LETTER * len(words)
    start, control, end = curve
    for part in PARTS:
        place = (1 - part) ** 2 * start + 2 * part * (1 - part) * control + part**2 * end
        near = (np.abs(place - other) < (0.05 + (width + wide) / 2, 0.15) for other, wide in others)
        if not any(both.all() for both in near):
            break
    _label(axes, place, words)
    return place, width


def _point(center, angle, distance):
    return center + distance * np.array([np.cos(angle), np.sin(angle)])


def _draw_loop(axes, center, angle, words):
    start, end = (_point(center, angle + side * 0.6, NODE) for side in (1, -1))
    _arrow(axes, start, end, -1.6)
    _label(axes, _point(center, angle, NODE + 0.24), words)


def _draw_ends(axes, places, angles, blocks):
    """Draws where the features come from, and where they go to."""
    loops = {first for first, second in itertools.pairwise(blocks) if first == second}
    for block, other, side, words in ((blocks[0], blocks[-1], 1, "stem"), (blocks[-1], blocks[0], -1, "head")):
        center, aside = places[block], 0.0
        if block == other:
            aside = 0.95 * side
        elif block in loops:
            # Beside the loop, on the side that the other end is not on.
            aside = -0.95 if np.sin(angles[other] - angles[block]) > 0 else 0.95
        angle = angles[block] + aside
        near, far = _point(center, angle, NODE), _point(center, angle, NODE + 0.36)
        _arrow(axes, *((far, near) if words == "stem" else (near, far)))
        axes.text(*_point(center, angle, NODE + 0.47), words, ha="center", va="center", fontsize=9)
        if words == "stem":
            _label(axes, (near + far) / 2, "0")
