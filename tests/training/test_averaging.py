import numpy as np
import pytest
from keras import ops

from keras_modnet import average_blocks

FOUR, TWO = {"tasks": {"digits": {"num_classes": 3, "num_steps": 4}}}, [0, 1, 1, 0]


@pytest.fixture
def source(make_model):
    model = make_model(num_blocks=4, **FOUR)
    model.set_ordering("digits", [3, 2, 1, 0])
    for variable in model.named_variables().values():
        if "hardened" not in variable.name:
            variable.assign(np.random.default_rng(1).uniform(0.5, 1.5, variable.shape).astype("float32"))
    model.set_ordering("digits", [3, 2, 1, 0])
    return model


@pytest.fixture
def target(make_model):
    model = make_model(num_blocks=2, **FOUR)
    model.set_ordering("digits", TWO)
    return model


def test_a_block_is_the_mean_of_the_blocks_whose_steps_it_runs(source, target, values):
    average_blocks(source, target, "digits")
    theirs, own = values(source)["bank/conv1/kernel"], values(target)["bank/conv1/kernel"]
    # The target's block 0 runs at steps 0 and 3, where the source has its blocks 3 and 0.
    np.testing.assert_allclose(own[0], (theirs[3] + theirs[0]) / 2, rtol=1e-6)
    np.testing.assert_allclose(own[1], (theirs[2] + theirs[1]) / 2, rtol=1e-6)


def test_equal_blocks_average_to_the_same_network(source, target, images):
    for name, variable in source.named_variables().items():
        if name.startswith("bank/"):
            variable.assign(np.repeat(ops.convert_to_numpy(variable)[:1], 4, axis=0))
    average_blocks(source, target, "digits")
    expected, found = source.predict(images, verbose=0), target.predict(images, verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_a_block_that_never_runs_stays(source, target, values):
    target.set_ordering("digits", [0, 0, 0, 0])
    before = values(target)["bank/conv1/kernel"][1]
    average_blocks(source, target, "digits")
    np.testing.assert_array_equal(values(target)["bank/conv1/kernel"][1], before)


def test_other_shapes_are_refused_before_anything_changes(source, make_model, values):
    wider = make_model(num_blocks=2, width=6, **FOUR)
    wider.set_ordering("digits", TWO)
    before = values(wider)
    with pytest.raises(ValueError, match=r"`source` must be a model whose stem/kernel has the shape"):
        average_blocks(source, wider, "digits")
    after = values(wider)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_other_numbers_of_steps_are_refused(source, make_model):
    shorter = make_model(num_blocks=2, tasks={"digits": {"num_classes": 3, "num_steps": 3}})
    shorter.set_ordering("digits", [0, 1, 0])
    with pytest.raises(ValueError, match=r"tasks/digits/norm/norm1/scale has the shape \(3, 4\)"):
        average_blocks(source, shorter, "digits")


def test_soft_orderings_and_unknown_tasks_are_refused(source, make_model, target):
    with pytest.raises(ValueError, match="`target` must be a model whose ordering of the task is hard"):
        average_blocks(source, make_model(num_blocks=2, **FOUR), "digits")
    with pytest.raises(ValueError, match="`task` must be"):
        average_blocks(source, target, "letters")
