import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import squareform

from keras_modnet import Ordering
from keras_modnet.analysis import plot_similarity
from keras_modnet.analysis.clustering import cluster_order

BLOCKS = {"a1": (0, 0, 0, 0), "b1": (1, 1, 1, 1), "a2": (0, 0, 0, 1), "b2": (1, 1, 1, 0), "c": (2, 2, 2, 2)}
ORDERINGS = {task: Ordering.from_blocks(blocks, 3) for task, blocks in BLOCKS.items()}


def test_like_tasks_stand_side_by_side_with_their_shares():
    figure = plot_similarity(ORDERINGS)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names[0] == "a1"
    places = {task: names.index(task) for task in names}
    assert abs(places["a1"] - places["a2"]) == abs(places["b1"] - places["b2"]) == 1
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == names
    numbers = iter(text.get_text() for text in figure.axes[0].texts)
    written = {(row, column): next(numbers) for row in names for column in names if row != column}
    assert (written["a1", "a2"], written["a1", "b2"], written["a1", "c"]) == ("75", "25", "0")


@pytest.mark.parametrize("seed", range(3))
def test_the_order_is_that_of_a_tree_by_average_linkage(seed):
    random = np.random.default_rng(seed)
    points = random.normal(size=(9, 2))
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    tree = squareform(cophenet(linkage(squareform(distances), "average")))
    order = cluster_order(distances)
    assert sorted(order) == list(range(9))
    # In an order of the leaves of a tree, each cluster of the tree is one run.
    for height in np.unique(tree):
        for row in tree:
            places = sorted(order.index(index) for index in np.flatnonzero(row <= height))
            assert places == list(range(places[0], places[-1] + 1))


def test_many_tasks_fit_on_a_page_without_numbers():
    random = np.random.default_rng(0)
    many = {f"task_{index}": Ordering.from_blocks(random.integers(0, 4, 12), 4) for index in range(60)}
    figure = plot_similarity(many)
    assert max(figure.get_size_inches()) <= 9.01
    assert len(figure.axes[0].texts) == 0


@pytest.mark.parametrize(
    ("orderings", "message"),
    [
        (dict(list(ORDERINGS.items())[:2]), "at least 3 of"),
        (ORDERINGS | {"c": Ordering(np.full((4, 3), 1 / 3), mixed=True)}, "without mixtures"),
        (ORDERINGS | {"c": Ordering.from_blocks((0,), 4)}, "same number of blocks"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path, orderings, message):
    with pytest.raises(ValueError, match=message):
        plot_similarity(orderings, tmp_path / "none.png")
    assert not list(tmp_path.iterdir())
