import itertools
import math

import numpy as np
import pytest
from keras import ops

from keras_modnet.models.trainability import PARTS, part_states

SUBSETS = [subset for size in range(1, len(PARTS) + 1) for subset in itertools.combinations(PARTS, size)]
# Each part alone, the usual pairs, and all; "statistics" alone leaves nothing that an optimizer could move.
FITTED = [
    ("ordering",),
    ("norm",),
    ("head",),
    ("bank",),
    ("stem",),
    ("bank", "statistics"),
    ("ordering", "statistics"),
    ("ordering", "norm", "head"),
    PARTS,
]


def size(named):
    return sum(math.prod(variable.shape) for variable in named.values())


def names_of(model, parts):
    """Names of the variables of task "letters" and of the shared parts that follow the data."""
    chosen = set()
    for name in model.named_variables():
        part, _, rest = name.removeprefix("tasks/letters/").partition("/")
        statistic = rest.endswith(("mean", "variance"))
        if part == "ordering":
            follows = "ordering" in parts and rest == "logits"
        elif part == "norm":
            follows = "norm" in parts or (statistic and "statistics" in parts)
        else:
            follows = part in parts
        chosen |= {name} if follows else set()
    return chosen


@pytest.fixture(scope="module")
def model(make_model):
    return make_model(compiled=False)


@pytest.mark.parametrize("parts", SUBSETS, ids="-".join)
def test_table_counts_what_really_trains(model, parts):
    table = model.train_only("letters", parts)
    named = model.named_variables()
    trainable = {name: variable for name, variable in named.items() if variable.trainable}
    assert set(trainable) == {name for name in names_of(model, parts) if not name.endswith(("mean", "variance"))}
    assert table.trainable == size(trainable)
    assert {id(variable) for variable in model.trainable_variables} == {id(v) for v in trainable.values()}
    # Scalars that steer the routers of two tasks are no parameters.
    assert table.total == size(named) - 2 * 2
    assert f"trainable params: {size(trainable):,} || all params: {table.total:,}" in str(table)


def test_table_has_a_row_for_each_part(model):
    rows = {row.part: (row.trainable, row.total) for row in model.train_only("letters", ("norm", "head"))}
    assert rows == {
        # One 2x2x1 kernel for 4 channels and a bias; two 3x3 kernels in 3 blocks.
        "stem": (0, 20),
        "bank": (0, 3 * 2 * 9 * 4 * 4),
        "letters: ordering": (0, 3 * 3),
        # Two norms in 3 steps: scale and offset of 4 channels train, as many statistics do not.
        "letters: norm": (3 * 2 * 8, 3 * 2 * 16),
        # A norm, and 4 channels to 2 classes.
        "letters: head": (8 + 10, 16 + 10),
        # As much in the other task, with 3 classes.
        "other tasks": (0, 9 + 3 * 2 * 16 + 16 + 15),
    }


def test_table_is_printed(model, capsys):
    table = model.train_only("letters", ("head",))
    assert capsys.readouterr().out == f"{table}\n"
    # 18 of 20 + 864 + (9 + 96 + 26) + (9 + 96 + 31) parameters.
    assert str(table).splitlines()[-1] == "trainable params: 18 || all params: 1,151 || trainable: 1.56 %"


@pytest.mark.parametrize("parts", FITTED, ids="-".join)
def test_exactly_these_variables_change(make_model, compile_model, images, labels, values, parts):
    model = make_model(compiled=False)
    model.train_only("letters", parts)
    before = values(model)
    compile_model(model.task("letters")).fit(images, labels, verbose=0)
    after = values(model)
    changed = {name for name, value in before.items() if (after[name] != value).any()}
    expected = names_of(model, parts)
    assert changed <= expected
    # What the stem's bias adds, the batch norms take away again.
    assert expected - changed <= {"stem/bias"}


def test_statistics_alone_are_nothing_that_fit_could_train(make_model, compile_model, images, labels, values):
    model = make_model(compiled=False)
    model.train_only("digits", ("statistics",))
    compile_model(model)
    before = values(model)
    with pytest.raises(ValueError, match="`parts` must be trainable for at least one of the tasks in the batch"):
        model.fit(images, labels, verbose=0)
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, before[name])


def test_statistics_alone_follow_a_pass_in_training_mode(make_model, images, values):
    model = make_model(compiled=False)
    model.train_only("digits", ("statistics",))
    before = values(model)
    model(images, training=True)
    changed = {name for name, value in values(model).items() if (value != before[name]).any()}
    assert changed == {f"tasks/digits/norm/norm{n}/{part}" for n in (1, 2) for part in ("mean", "variance")}


def test_frozen_model_gives_its_inference_answer_in_training(make_model, images):
    model = make_model(compiled=False)
    model.train_only("letters", ("head",))
    # Task "digits" is frozen whole: no draw, no statistics of the batch.
    for training in (False, True):
        answer, expected = (ops.convert_to_numpy(model(images, training=mode)) for mode in (training, None))
        np.testing.assert_array_equal(answer, expected)


def test_states_are_plain_data_by_part(model):
    model.train_only("letters", ("statistics", "bank"))
    nothing = {"ordering": False, "norm": False, "statistics": False, "head": False}
    assert part_states(model) == {
        "stem": False,
        "bank": True,
        "tasks": {"digits": nothing, "letters": nothing | {"statistics": True}},
    }


def test_report_says_what_each_task_has(make_model):
    model = make_model(compiled=False)
    model.set_ordering("digits", [2, 0, 1])
    model.train_only("letters", ("ordering", "head"))
    digits, letters = model.task_report()
    assert (digits.task, digits.num_classes, digits.trains) == ("digits", 3, ())
    assert (letters.task, letters.num_classes, letters.trains) == ("letters", 2, ("ordering", "head"))
    assert digits.ordering.blocks == (2, 0, 1)
    assert (digits.parameters, letters.parameters) == (9 + 96 + 31, 9 + 96 + 26)
    # Four positions: a 2x2x1 kernel into 4 channels; 3 steps of two 3x3 kernels; and the dense layer once.
    assert digits.macs == 4 * 4 * 4 + 3 * 4 * 2 * 9 * 4 * 4 + 4 * 3
    lines = str(model.task_report()).splitlines()
    assert lines[0].split("  ")[0] == "task"
    assert lines[1].endswith("frozen")
    assert lines[1].split()[3:7] == ["2", "0", "1", "136"]
    assert "(soft)" in lines[2]
    assert lines[2].endswith("ordering, head")


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((), "`parts` must be a sequence with some of .* Received: "),
        ("head", "`parts` must be a sequence with some of .* Received: 'head'"),
        (("head", "router"), "`parts` must be a sequence with some of .* Received: .*'router'"),
    ],
)
def test_wrong_parts_change_nothing(make_model, parts, message):
    model = make_model(compiled=False)
    states = part_states(model)
    with pytest.raises(ValueError, match=message):
        model.train_only("digits", parts)
    assert part_states(model) == states
