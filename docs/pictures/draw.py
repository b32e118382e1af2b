"""Draws the pictures of docs/ideas.md, the same bytes each time: `python docs/pictures/draw.py`.

It needs the environment of the tests (`source .venv-test/bin/activate`). The orderings are those of digits_reuse.
"""

import pathlib

import matplotlib
import numpy as np
from matplotlib.patches import Rectangle

import keras_modnet
from keras_modnet.analysis import plot_block_graph
from keras_modnet.analysis.colors import block_colors, text_color
from keras_modnet.analysis.drawing import make_figure
from keras_modnet.presets import read_preset, zoo_folder

FOLDER = pathlib.Path(__file__).resolve().parent
# No date, no random names, letters as letters: the same bytes from the same figure.
SETTINGS = {"svg.hashsalt": "keras_modnet", "svg.fonttype": "none", "font.family": "sans-serif"}
GREY = (0.87, 0.87, 0.87)
# Columns of the picture of the network, in widths of a step.
STEM, FIRST = 0.0, 1.6


def draw_all(folder):
    """Writes all pictures into a folder; returns their names."""
    card = read_preset(zoo_folder() / "digits_reuse", load_tensors=False).metadata["card"]
    orderings = {task: keras_modnet.Ordering.from_blocks(blocks, 4) for task, blocks in card["orderings"].items()}
    figures = {
        "network.svg": network(orderings),
        "orderings.svg": keras_modnet.plot_orderings(orderings),
        "way.svg": plot_block_graph(orderings["letters"]),
        "deciding.svg": keras_modnet.plot_orderings(deciding()),
    }
    for name, figure in figures.items():
        with matplotlib.rc_context(SETTINGS):
            figure.savefig(folder / name, metadata={"Date": None}, bbox_inches="tight", facecolor="white")
    return sorted(figures)


def network(orderings):
    """Draws the bank above, and below a row for each task: stem, the blocks of its steps, its head."""
    num_steps, num_blocks = next(iter(orderings.values())).weights.shape
    axes = make_figure("network", (8, 1 + 0.75 * len(orderings))).subplots()
    axes.set(xlim=(-1.7, num_steps + 3.6), ylim=(-len(orderings) + 0.35, 1.8), aspect="equal")
    axes.set_axis_off()
    middle = FIRST + (num_steps - num_blocks) / 2
    axes.text(middle - 0.3, 1.2, "one bank of blocks", ha="right", va="center", fontsize=9)
    for block, color in enumerate(block_colors(num_blocks)):
        box(axes, (middle + block, 1.2), 0.8, str(block), color)
    for row, (task, ordering) in enumerate(orderings.items()):
        task_row(axes, -0.9 * row, task, ordering)
    return axes.figure


def task_row(axes, y, task, ordering):
    """Draws the row of one task."""
    colors = block_colors(ordering.num_blocks)
    end = FIRST + ordering.num_steps
    axes.plot([STEM, end + 0.6], [y, y], color="0.35", linewidth=1, zorder=0)
    axes.text(-0.3, y, task, ha="right", va="center", fontsize=9)
    box(axes, (STEM, y), 1.2, "stem", GREY)
    for step, block in enumerate(ordering.blocks):
        box(axes, (FIRST + step, y), 0.8, str(block), colors[block])
    box(axes, (end + 0.2, y), 1.6, f"head of {task}", GREY, 7)


def box(axes, place, width, words, color, size=9):
    """Draws a rectangle with words; its left side's middle is at the place."""
    axes.add_patch(Rectangle((place[0], place[1] - 0.32), width, 0.64, facecolor=color, zorder=1))
    middle = place[0] + width / 2
    axes.text(middle, place[1], words, ha="center", va="center", fontsize=size, color=text_color(color), zorder=2)


def deciding():
    """Returns the orderings of six steps while the temperature of the same logits falls, and the hard one."""
    logits = np.random.default_rng(4).normal(size=(6, 4))
    rows = {}
    for temperature in (2.0, 0.7, 0.2):
        weights = np.exp(logits / temperature)
        rows[f"temperature {temperature}"] = keras_modnet.Ordering(weights / weights.sum(axis=1, keepdims=True))
    return rows | {"hardened": keras_modnet.Ordering.from_blocks(logits.argmax(axis=1), 4)}


if __name__ == "__main__":
    print(*draw_all(FOLDER))
