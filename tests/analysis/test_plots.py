import builtins
import itertools

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.image import imread

from keras_modnet import Ordering, analysis, plot_orderings
from keras_modnet.analysis.colors import block_colors

HARD = Ordering.from_blocks((0, 1, 2, 2), 3)
MIXTURE = Ordering([[1.5, -0.25, -0.25], [0.0, 0.5, 0.5]], mixed=True)


def parts(axes):
    """`(left, top, right, bottom, colour)` of each part of the cells."""
    collection = next(one for one in axes.collections if isinstance(one, PolyCollection))
    boxes = [(*path.get_extents().min, *path.get_extents().max) for path in collection.get_paths()]
    return [(*box, tuple(color[:3])) for box, color in zip(boxes, collection.get_facecolors(), strict=True)]


def many(num_tasks, num_steps, num_blocks=4):
    random = np.random.default_rng(0)
    blocks = random.integers(0, num_blocks, (num_tasks, num_steps))
    return {f"task_{index}": Ordering.from_blocks(row, num_blocks) for index, row in enumerate(blocks)}


def written(axes):
    return [text.get_text() for text in axes.texts]


def test_cells_have_the_colours_and_numbers_of_their_blocks_and_steps_count_from_zero():
    steps, _ = plot_orderings({"digits": HARD}).axes
    assert [part[4] for part in parts(steps)] == [block_colors(3)[block] for block in HARD.blocks]
    assert written(steps) == ["0", "1", "2", "2"]
    assert [label.get_text() for label in steps.get_xticklabels()] == ["0", "1", "2", "3"]
    assert steps.get_xlabel() == "step"


def test_a_mixture_is_split_by_the_absolute_weights_of_its_blocks():
    figure = plot_orderings({"digits": MIXTURE})
    steps, use = figure.axes
    heights = [bottom - top for _, top, _, bottom, _ in parts(steps)]
    # 1.5, 0.25 and 0.25 of 2 in the first cell, halves in the second; cells have a little space around.
    np.testing.assert_allclose(np.array(heights) / sum(heights[:3]), [0.75, 0.125, 0.125, 0.5, 0.5], atol=1e-6)
    assert [part[4] for part in parts(steps)] == [block_colors(3)[block] for block in (0, 1, 2, 1, 2)]
    np.testing.assert_allclose([bar.get_width() for bar in use.patches], [37.5, 31.25, 31.25])
    assert "split by the weights" in steps.get_xlabel()
    hatched = [one for one in steps.collections if one.get_hatch()]
    assert [len(one.get_paths()) for one in hatched] == [2]
    assert "negative weight" in [text.get_text() for text in figure.legends[0].texts]


@pytest.mark.parametrize(("num_blocks", "shown"), [(1, 1), (8, 8), (24, 12)])
def test_the_legend_names_blocks_evenly(num_blocks, shown):
    figure = plot_orderings({"digits": Ordering.from_blocks((0, 0), num_blocks)})
    words, *numbers = [text.get_text() for text in figure.legends[0].texts]
    assert words == "block"
    assert len(numbers) == shown
    assert (numbers[0], numbers[-1]) == ("0", str(num_blocks - 1))


@pytest.mark.parametrize(("num_tasks", "num_steps"), [(1, 1), (1, 12), (2, 8), (10, 12), (30, 12)])
def test_every_size_stays_within_a_page_and_no_panel_is_empty(tmp_path, num_tasks, num_steps):
    figure = plot_orderings(many(num_tasks, num_steps), tmp_path / "orderings.png")
    assert len(figure.axes) == 2
    assert all(axes.collections or axes.patches for axes in figure.axes)
    height, width, _ = imread(tmp_path / "orderings.png").shape
    assert 200 < height < 1700
    assert 500 < width < 1450


def test_what_is_written_does_not_overlap():
    for num_tasks, num_steps in ((1, 1), (30, 24), (30, 48)):
        figure = plot_orderings(many(num_tasks, num_steps, num_blocks=24))
        figure.draw_without_rendering()
        steps, _ = figure.axes
        for labels in (steps.get_xticklabels(), steps.get_yticklabels(), figure.legends[0].texts):
            boxes = [label.get_window_extent() for label in labels]
            assert not any(one.overlaps(other) for one, other in itertools.pairwise(boxes))
        cell = steps.get_window_extent().width / num_steps
        assert all(text.get_window_extent().width <= cell for text in steps.texts)
        assert bool(steps.texts) == (num_steps < 48)


def test_a_model_is_drawn_with_the_tasks_asked_for(make_model):
    steps, _ = plot_orderings(make_model(compiled=False), tasks=["letters"]).axes
    assert [label.get_text() for label in steps.get_yticklabels()] == ["letters"]


def test_a_long_name_loses_its_middle():
    steps, _ = plot_orderings({"a" * 20 + "b" * 20: HARD}).axes
    (label,) = steps.get_yticklabels()
    assert label.get_text() == "a" * 12 + "…" + "b" * 11


def test_it_draws_into_axes_of_the_callers_own(tmp_path):
    figure = Figure(layout="constrained")
    above, below = figure.subfigures(2, 1)
    own, other = above.subplots(), below.subplots()
    assert plot_orderings({"digits": HARD}, tmp_path / "new" / "both.svg", ax=own) is figure
    assert len(parts(own)) == 4
    assert not other.has_data()
    assert (tmp_path / "new" / "both.svg").read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize("tasks", [[], ["words"], ["digits", "digits"]])
def test_unknown_tasks_are_refused_and_nothing_is_written(tmp_path, tasks):
    with pytest.raises(ValueError, match="`tasks` must be some of"):
        plot_orderings({"digits": HARD}, tmp_path / "none.png", tasks=tasks)
    assert not list(tmp_path.iterdir())


DRAWN = {
    "plot_orderings": {"digits": HARD},
    "plot_similarity": many(3, 4),
    "plot_ordering_history": [HARD],
    "plot_block_graph": HARD,
    "plot_accuracy_costs": [{"name": "one", "accuracy": 90.0, "macs": 10}],
}


@pytest.mark.parametrize("function", DRAWN)
def test_without_matplotlib_the_error_says_what_to_install(monkeypatch, function):
    found = builtins.__import__

    def missing(name, *arguments):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return found(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", missing)
    message = rf"`{function}` draws with Matplotlib: `pip install keras_modnet\[plot\]`"
    with pytest.raises(ImportError, match=message):
        getattr(analysis, function)(DRAWN[function])


@pytest.mark.parametrize("function", DRAWN)
def test_every_picture_is_a_figure_and_a_file_and_fits_into_given_axes(tmp_path, function):
    draw, what = getattr(analysis, function), DRAWN[function]
    for ending, first in ((".png", b"\x89PNG"), (".svg", b"<?xml")):
        path = tmp_path / f"picture{ending}"
        assert isinstance(draw(what, path), Figure)
        assert path.read_bytes().startswith(first)
    figure = Figure()
    assert draw(what, ax=figure.subplots()) is figure
    assert len(figure.axes) == 1
