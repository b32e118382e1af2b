"""A picture of whether related tasks share more of their orderings than unrelated ones, and more than chance."""

import numpy as np

from keras_modnet.analysis import drawing
from keras_modnet.analysis.cells import draw_legend
from keras_modnet.analysis.colors import OKABE_ITO
from keras_modnet.analysis.distances import expect_one_bank, ordering_distances
from keras_modnet.analysis.matrices import draw_matrix
from keras_modnet.analysis.plots import draw_steps
from keras_modnet.analysis.similarity import relatedness_test, shuffled_distances
from keras_modnet.checks import expect

NUM_SHUFFLES = 1000
# The two nulls of `shuffled_distances` in the words of the picture.
CHANCE = {"order": "chance: same blocks, random order", "blocks": "chance: random blocks, same pattern"}
RELATED, UNRELATED = OKABE_ITO[0], OKABE_ITO[4]
HEIGHT_OF_CHANCE, WIDTH_OF_BAR, LEAST_MATRIX = 3.6, 0.8, 1.8


def plot_organisation(orderings, groups, path=None):
    """Draws the tasks' orderings by group, how alike they are, and what related tasks share beyond chance.

    Three parts: the orderings of the first model, steps counted from 0; the share of steps that two tasks have in
    common (one minus `ordering_distances`, mean over the models), groups framed; the mean of that share over the
    pairs of related and over those of unrelated tasks, above what both nulls of `shuffled_distances` give for the same
    pairs. The p-value is that of `relatedness_test`.

    Args:
        orderings: a dict `{task: Ordering}`, or a list of them, one for each seed, with the same tasks; no mixtures.
        groups: `{name of the group: its tasks}` with each task once; tasks of one group are related.
        path: file to write; its ending says the format, such as `.png` or `.svg`. Its folder is made if need be.
            Default None writes nothing.

    Returns:
        The Matplotlib figure.

    Raises:
        ValueError: no orderings, other tasks in one of the dicts, banks of different sizes, a mixture; groups that
            leave a task out or hold one twice, or without a related or an unrelated pair of tasks.
        ImportError: Matplotlib is not installed (`pip install keras_modnet[plot]`).
    """
    models = [orderings] if isinstance(orderings, dict) else list(orderings)
    _check(models, groups)
    names = [task for tasks in groups.values() for task in tasks]
    models = [[model[name] for name in names] for model in models]
    left, right, below, cells = _panels(names, models[0], groups)
    shares = [100 * (1 - ordering_distances(model)) for model in models]
    _draw_orderings(left, names, models, groups, cells[0])
    _draw_shares(right, names, shares, groups, cells[1])
    _draw_chance(below, models, shares, groups)
    return drawing.finish(left, path)


def _panels(names, orderings, groups):
    """Returns the axes of the orderings, of their similarity and of chance, and the cells of the first two."""
    num_steps, num_tasks = max(ordering.num_steps for ordering in orderings), len(names)
    beside = drawing.width_of_names(names) + drawing.width_of_names(groups) + WIDTH_OF_BAR + 0.4
    cell = drawing.fitting(num_steps + num_tasks, drawing.MAX_WIDTH - beside)
    widths = num_steps * cell, max(num_tasks * cell, LEAST_MATRIX)
    height = drawing.fitting(num_tasks, drawing.MAX_HEIGHT - HEIGHT_OF_CHANCE - 2)
    # Titles, names below, legend.
    heights = num_tasks * height + 1.2 + drawing.width_of_names(names), HEIGHT_OF_CHANCE
    figure = drawing.make_figure("plot_organisation", (max(sum(widths) + beside, 8), sum(heights)))
    # Two figures in one: the long labels below push nothing aside above.
    above, below = figure.subfigures(2, 1, height_ratios=heights)
    left, right = above.subplots(1, 2, width_ratios=widths)
    return left, right, below.subplots(), ((cell, height), (widths[1] / num_tasks, height))


def _check(models, groups):
    tasks = [sorted(model) for model in models]
    same = bool(tasks) and all(tasks[0] and names == tasks[0] for names in tasks)
    expect(same, "orderings", "at least one dict with orderings, all with the same tasks", tasks)
    for model in models:
        expect_one_bank(model.values())
        mixed = [task for task, ordering in model.items() if ordering.mixed]
        expect(not mixed, "orderings", "without mixtures, whose steps have no block of their own", mixed)
    grouped = sorted(task for names in groups.values() for task in names)
    expect(grouped == tasks[0], "groups", f"groups that hold each of {tasks[0]} once", groups)
    sizes = [len(names) for names in groups.values() if names]
    expect(max(sizes) > 1 and len(sizes) > 1, "groups", "at least two, one of them with two tasks", groups)


def _spans(groups):
    """Returns `(name, first row, number of rows)` of each group."""
    sizes = [len(tasks) for tasks in groups.values()]
    return [(name, sum(sizes[:index]), sizes[index]) for index, name in enumerate(groups)]


def _draw_orderings(axes, names, models, groups, cell):
    draw_steps(axes, names, models[0], cell)
    right = axes.get_xlim()[1]
    for name, first, size in _spans(groups):
        _frame(axes, (-0.5, first - 0.5), right + 0.5, size)
        middle = (right + 0.1 / cell[0], first + size / 2 - 0.5)
        axes.text(*middle, drawing.shortened(name), va="center", fontsize=9, fontweight="bold")
    which = f" (model 1 of {len(models)})" if len(models) > 1 else ""
    axes.set_title(f"block of each step{which}", fontsize=10)
    draw_legend(axes, models[0][0].num_blocks, False)


def _draw_shares(axes, names, shares, groups, cell):
    image = draw_matrix(axes, names, np.mean(shares, axis=0), cell)
    # The rows are those of the orderings on the left.
    axes.set_yticks([])
    for _, first, size in _spans(groups):
        _frame(axes, (first - 0.5, first - 0.5), size, size)
    models = f"\n(mean of {len(shares)} models)" if len(shares) > 1 else ""
    axes.set_title(f"steps in common, %{models}", fontsize=10)
    axes.figure.colorbar(image, ax=axes, aspect=30)


def _frame(axes, corner, width, height):
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import withStroke

    # White around the black: a block may be black, too.
    around = [withStroke(linewidth=5, foreground="white")]
    own = {"fill": False, "edgecolor": "black", "linewidth": 2, "clip_on": False, "path_effects": around}
    axes.add_patch(Rectangle(corner, width, height, **own))


def _draw_chance(axes, models, shares, groups):
    kin = np.repeat(np.arange(len(groups)), [len(tasks) for tasks in groups.values()])
    related = kin[:, None] == kin
    by_chance = {
        null: np.mean([_shuffled_shares(model, null, seed) for seed, model in enumerate(models)], axis=0)
        for null in CHANCE
    }
    labels = []
    for kind, pairs, color in (("related", related, RELATED), ("unrelated", ~related, UNRELATED)):
        pairs = np.triu(pairs, k=1)
        found = np.mean(shares, axis=0)[pairs]
        axes.plot(found, [len(labels)] * len(found), "o", color=color, alpha=0.35, markersize=4)
        _draw_mean(axes, len(labels), found.mean(), color)
        labels.append(f"{kind} tasks ({len(found)} pair{'s' * (len(found) > 1)})")
        for null, label in CHANCE.items():
            shuffled = by_chance[null][:, pairs].mean(axis=1)
            band = np.percentile(shuffled, (2.5, 97.5))
            axes.plot(band, [len(labels)] * 2, color="0.8", linewidth=8, solid_capstyle="butt")
            _draw_mean(axes, len(labels), shuffled.mean(), "0.5")
            labels.append(label)
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlim=(-2, 102), ylim=(len(labels) - 0.5, -0.9))
    axes.axhline(len(CHANCE) + 0.4, color="0.8", linewidth=1)
    dots = f"large dots: means; small dots: single pairs; bars: 95 % of {NUM_SHUFFLES} shuffles"
    axes.set_xlabel(f"share of steps that are equal, %\n({dots})")
    axes.set_title(_finding(shares, related), fontsize=10)


def _finding(shares, related):
    """Returns what was found in two sentences, with the smallest p-value beside the one found."""
    test = relatedness_test(shares, related)
    least = relatedness_test(related, related)
    return (
        f"Related tasks share {test.related:.0f} % of their steps, unrelated tasks {test.unrelated:.0f} %.\n"
        f"Were the tasks put into these groups at random, so large a difference would come up in "
        f"{100 * test.p_value:.2f} % of cases\n(with these groups {100 * least.p_value:.2f} % is the least possible)."
    )


def _shuffled_shares(orderings, null, seed):
    return 100 * (1 - shuffled_distances(orderings, null, NUM_SHUFFLES, seed)[0])


def _draw_mean(axes, row, mean, color):
    axes.plot(mean, row, "o", color=color, markersize=9)
    axes.annotate(f"{mean:.0f} %", (mean, row), (0, 7), textcoords="offset points", ha="center", fontsize=8)
