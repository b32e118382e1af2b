import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.image import imread
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from keras_modnet import Ordering
from keras_modnet.analysis import organisation_plot, plot_organisation
from keras_modnet.analysis.colors import block_colors

GROUPS = {"writing": ["digits", "letters"], "photos": ["cats", "dogs"]}
# "cats" and "dogs" swapped in the dict: the groups say the order of the rows.
BLOCKS = {"dogs": (2, 3, 2, 2), "cats": (2, 3, 2, 3), "digits": (0, 1, 0, 1), "letters": (0, 1, 0, 1)}
ORDERINGS = {task: Ordering.from_blocks(blocks, 4) for task, blocks in BLOCKS.items()}


@pytest.fixture(autouse=True)
def few_shuffles(monkeypatch):
    monkeypatch.setattr(organisation_plot, "NUM_SHUFFLES", 20)


def texts(artist):
    return [text.get_text() for text in artist.findobj(Text) if text.get_text()]


def tick_labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_the_picture_is_written_into_a_new_folder(tmp_path):
    path = tmp_path / "new" / "organisation.png"
    plot_organisation(ORDERINGS, GROUPS, path)
    picture = imread(path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert len(np.unique(picture.reshape(-1, picture.shape[-1]), axis=0)) > 10


def test_the_words_say_what_was_found():
    steps, shares, chance, _ = plot_organisation(ORDERINGS, GROUPS).axes
    assert steps.get_title() == "block of each step"
    assert steps.get_xlabel() == "step"
    assert tick_labels(steps.xaxis) == ["0", "1", "2", "3"]
    assert set(GROUPS) < set(texts(steps))
    assert shares.get_title() == "steps in common, %"
    # 100 % and 75 % of the steps within the groups, none between them; 8 of 24 permutations keep the groups.
    assert "Related tasks share 88 % of their steps, unrelated tasks 0 %." in chance.get_title()
    assert "would come up in 33.33 % of cases\n(with these groups 33.33 % is the least" in chance.get_title()
    assert chance.get_xlabel().startswith("share of steps that are equal, %\n")
    assert "95 % of 20 shuffles" in chance.get_xlabel()
    by_chance = ["chance: same blocks, random order", "chance: random blocks, same pattern"]
    rows = ["related tasks (2 pairs)", *by_chance, "unrelated tasks (4 pairs)", *by_chance]
    assert tick_labels(chance.yaxis) == rows
    assert {"88 %", "0 %"} < set(texts(chance))


def test_rows_follow_the_groups_and_groups_are_framed():
    steps, shares, _, _ = plot_organisation(ORDERINGS, GROUPS).axes
    names = ["digits", "letters", "cats", "dogs"]
    assert tick_labels(steps.yaxis) == tick_labels(shares.xaxis) == names
    written = [text.get_text() for text in shares.texts]
    assert written == ["100", "0", "0", "100", "0", "0", "0", "0", "75", "0", "0", "75"]
    (cells,) = [one for one in steps.collections if isinstance(one, PolyCollection)]
    colors = [tuple(color[:3]) for color in cells.get_facecolors()]
    assert colors[:4] == colors[4:8] == [block_colors(4)[block] for block in (0, 1, 0, 1)]
    for axes in (steps, shares):
        frames = [patch for patch in axes.findobj(Rectangle) if patch in axes.patches and not patch.get_fill()]
        assert [(frame.get_y(), frame.get_height()) for frame in frames] == [(-0.5, 2), (1.5, 2)]


def test_models_are_averaged_and_the_first_is_drawn():
    # In the other model the two groups run the same blocks: half of what is found, and 100 % of its own pairs.
    same = {task: Ordering.from_blocks((0, 1, 0, 1), 4) for task in BLOCKS}
    steps, shares, chance, _ = plot_organisation([ORDERINGS, same], GROUPS).axes
    assert steps.get_title() == "block of each step (model 1 of 2)"
    assert {"2", "3"} <= set(texts(steps))
    assert shares.get_title() == "steps in common, %\n(mean of 2 models)"
    assert [text.get_text() for text in shares.texts][:3] == ["100", "50", "50"]
    assert "Related tasks share 94 % of their steps, unrelated tasks 50 %." in chance.get_title()


def test_one_related_pair_and_orderings_of_different_lengths():
    short = ORDERINGS | {"cats": Ordering.from_blocks((2,), 4)}
    figure = plot_organisation(short, {"writing": ["digits", "letters"], "a": ["cats"], "b": ["dogs"]})
    assert "related tasks (1 pair)" in tick_labels(figure.axes[2].yaxis)


@pytest.mark.parametrize(
    ("orderings", "groups", "message"),
    [
        ([], GROUPS, "`orderings` must be at least one dict with orderings, all with the same tasks"),
        ([{}], {}, "`orderings` must be at least one dict with orderings"),
        ([ORDERINGS, {"cats": ORDERINGS["cats"]}], GROUPS, "`orderings` must be .* all with the same tasks"),
        (ORDERINGS | {"cats": Ordering(np.full((4, 4), 0.25), mixed=True)}, GROUPS, "`orderings` .* without mixtures"),
        (ORDERINGS | {"cats": Ordering.from_blocks((0,), 5)}, GROUPS, "`orderings` .* same number of blocks"),
        (ORDERINGS, {"writing": ["digits", "letters"]}, "`groups` must be groups that hold each of .*'cats'.* once"),
        (ORDERINGS, GROUPS | {"more": ["cats"]}, "`groups` must be groups that hold each"),
        (ORDERINGS, {"all": list(ORDERINGS)}, "`groups` must be at least two, one of them with two tasks"),
        (ORDERINGS, {task: [task] for task in ORDERINGS}, "`groups` must be at least two"),
    ],
)
def test_what_is_refused_writes_nothing(tmp_path, orderings, groups, message):
    with pytest.raises(ValueError, match=message):
        plot_organisation(orderings, groups, tmp_path / "none.png")
    assert not list(tmp_path.iterdir())


def test_thirty_tasks_fit_on_a_page():
    random = np.random.default_rng(0)
    many = {f"task_{index}": Ordering.from_blocks(random.integers(0, 4, 12), 4) for index in range(30)}
    figure = plot_organisation(many, {"even": list(many)[::2], "odd": list(many)[1::2]})
    assert figure.get_size_inches()[0] <= 9.01
    assert figure.get_size_inches()[1] <= 11.01
