import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from keras_modnet import Ordering
from keras_modnet.analysis import plot_ordering_history

SOFT = Ordering([[0.75, 0.25], [0.5, 0.5]])


def test_columns_are_epochs_and_rows_are_steps():
    axes = plot_ordering_history([SOFT, SOFT.hard(), Ordering.from_blocks((1, 1, 1), 2)]).axes[0]
    (cells,) = [one for one in axes.collections if isinstance(one, PolyCollection)]
    boxes = [path.get_extents() for path in cells.get_paths()]
    places = [tuple(np.round((box.min + box.max) / 2).astype(int)) for box in boxes]
    # The third step is there from the third epoch on; the soft epoch has two parts a step.
    assert sorted(set(places)) == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)]
    assert len(boxes) == 4 + 2 + 3
    assert boxes[0].height == pytest.approx(3 * boxes[1].height)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "step")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["0", "1", "2"]


def test_many_epochs_and_steps_fit_on_a_page():
    figure = plot_ordering_history([Ordering.from_blocks([0] * 48, 2)] * 300)
    assert figure.get_size_inches()[0] <= 9.01
    assert figure.get_size_inches()[1] <= 11.01
    assert len(figure.axes[0].texts) == 0


@pytest.mark.parametrize(
    ("orderings", "message"), [([], "at least one epoch"), ([SOFT, Ordering.from_blocks((0,), 3)], "same number")]
)
def test_nothing_and_two_banks_are_refused(orderings, message):
    with pytest.raises(ValueError, match=message):
        plot_ordering_history(orderings)
