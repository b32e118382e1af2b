import pytest
from matplotlib.figure import Figure

from keras_modnet.analysis import plot_accuracy_costs

ROWS = [
    {"name": "small", "accuracy": 80.0, "parameters": 1000, "macs": 20_000, "spread": 0.5},
    {"name": "large", "accuracy": 90.0, "parameters": 8000, "macs": 30_000},
]


def points(axes):
    return [tuple(float(value) for value in line.get_xydata()[0]) for line in axes.lines if line.get_marker() in "os"]


def test_each_cost_has_a_panel_with_all_networks():
    parameters, macs = plot_accuracy_costs(ROWS).axes
    assert points(parameters) == [(1000, 80), (8000, 90)]
    assert points(macs) == [(20_000, 80), (30_000, 90)]
    assert [axes.get_xlabel() for axes in (parameters, macs)] == ["parameters", "multiply-adds an image"]
    assert [text.get_text() for text in macs.get_legend().texts] == ["small", "large"]


def test_a_cost_that_no_row_has_gets_no_panel():
    rows = [{name: row[name] for name in ("name", "accuracy", "macs")} for row in ROWS]
    (axes,) = plot_accuracy_costs(rows).axes
    assert axes.get_xlabel() == "multiply-adds an image"


def test_a_single_network_is_drawn_with_its_cost_written():
    axes, _ = plot_accuracy_costs(ROWS[:1]).axes
    axes.figure.draw_without_rendering()
    low, high = axes.get_xlim()
    shown = [label for label in axes.get_xticklabels() if low <= label.get_position()[0] <= high]
    assert "1k" in [label.get_text() for label in shown]


def test_it_draws_into_as_many_axes_as_there_are_costs():
    figure = Figure()
    panels = figure.subplots(1, 2)
    assert plot_accuracy_costs(ROWS, ax=panels) is figure
    with pytest.raises(ValueError, match="`ax` must be 2 axes"):
        plot_accuracy_costs(ROWS, ax=panels[0])


@pytest.mark.parametrize(
    ("rows", "argument"),
    [
        ([], "rows"),
        ([{"name": "one", "accuracy": 1.0}], r"rows\[0\]"),
        ([ROWS[0], {"name": "one", "accuracy": 1.0, "macs": 1}], r"rows\[1\]"),
        ([ROWS[0] | {"macs": 0}], r"rows\[0\]\['macs'\]"),
        ([ROWS[0] | {"accuracy": "high"}], r"rows\[0\]\['accuracy'\]"),
    ],
)
def test_rows_that_cannot_be_drawn_are_named(tmp_path, rows, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        plot_accuracy_costs(rows, tmp_path / "none.png")
    assert not list(tmp_path.iterdir())
