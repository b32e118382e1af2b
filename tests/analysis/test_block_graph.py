import itertools

import numpy as np
import pytest
from matplotlib.patches import Circle, FancyArrowPatch

from keras_modnet import Ordering
from keras_modnet.analysis import plot_block_graph


def drawn(blocks, num_blocks):
    axes = plot_block_graph(Ordering.from_blocks(blocks, num_blocks)).axes[0]
    arrows = [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]
    return axes, arrows, [text.get_text() for text in axes.texts]


def test_arrows_have_the_steps_that_they_lead_to():
    # 0 to 1 at step 1 and 5, 1 to 1 at steps 2 to 4.
    _, arrows, words = drawn((0, 1, 1, 1, 1), 3)
    assert len(arrows) == 4
    assert sorted(words) == sorted(["stem", "0", "1", "2-4", "head", "0", "1", "2"])


def test_an_arrow_that_is_taken_again_has_all_of_its_steps():
    _, arrows, words = drawn((0, 1, 0, 1), 2)
    assert len(arrows) == 4
    assert "1, 3" in words


def test_a_block_that_never_runs_is_grey():
    axes, _, _ = drawn((0, 2), 3)
    colors = [patch.get_facecolor()[:3] for patch in axes.patches if isinstance(patch, Circle)]
    assert [len(set(np.round(color, 6))) == 1 for color in colors] == [False, True, False]


@pytest.mark.parametrize("num_blocks", [1, 2, 3, 8, 24])
def test_words_lie_inside_and_do_not_overlap(num_blocks):
    blocks = [0, *range(num_blocks), num_blocks - 1]
    axes, _, _ = drawn(blocks, num_blocks)
    axes.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert all(axes.figure.bbox.contains(*corner) for box in boxes for corner in (box.p0, box.p1))
    assert axes.figure.get_size_inches()[0] <= 9


def test_a_mixture_has_no_way():
    with pytest.raises(ValueError, match=r"`ordering` must be .* not a mixture"):
        plot_block_graph(Ordering([[0.5, 0.5]], mixed=True))
