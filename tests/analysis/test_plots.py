import numpy as np
import pytest
from matplotlib.image import imread

from keras_modnet import Ordering, plot_orderings


def test_different_orderings_give_different_pictures(tmp_path):
    one, other = (Ordering.from_blocks(blocks, 3) for blocks in ((0, 1, 2), (0, 1, 1)))
    first = imread(plot_orderings({"digits": one}, tmp_path / "new" / "first.png"))
    second = imread(plot_orderings({"digits": other}, tmp_path / "second.png"))
    again = imread(plot_orderings({"digits": one}, tmp_path / "again.png"))
    assert first.shape[0] > 100
    assert np.array_equal(first, again)
    assert not np.array_equal(first, second)


def test_a_mixture_is_drawn_paler_than_the_hard_ordering_of_its_largest_weights(tmp_path):
    mixture = Ordering([[1.5, -0.25, -0.25], [0.0, 0.5, 0.5]], mixed=True)
    pale = imread(plot_orderings({"digits": mixture}, tmp_path / "mixture.png"))
    hard = imread(plot_orderings({"digits": mixture.hard()}, tmp_path / "hard.png"))
    assert pale.shape == hard.shape
    assert pale.mean() > hard.mean()


def test_a_model_is_drawn_with_the_tasks_asked_for(make_model, tmp_path):
    model = make_model(compiled=False)
    both = imread(plot_orderings(model, tmp_path / "both.png"))
    one = imread(plot_orderings(model, tmp_path / "one.png", tasks=["letters"]))
    assert one.shape[0] < both.shape[0]


@pytest.mark.parametrize("tasks", [[], ["words"]])
def test_unknown_tasks_are_refused_and_nothing_is_written(make_model, tmp_path, tasks):
    with pytest.raises(ValueError, match="`tasks` must be some of"):
        plot_orderings(make_model(compiled=False), tmp_path / "none.png", tasks=tasks)
    assert not list(tmp_path.iterdir())
