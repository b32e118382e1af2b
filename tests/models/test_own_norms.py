"""Norms that blocks carry, as a task's own at every step."""

import keras
import numpy as np
import pytest

KINDS = ("convnext", "transformer")
IMAGES = np.random.default_rng(8).uniform(0, 255, (2, 4, 4, 1)).astype("float32")


@pytest.fixture(params=KINDS)
def model(make_model, request):
    model = make_model(block=request.param, norm="layer")
    rng = np.random.default_rng(9)
    for name, variable in model.named_variables().items():
        if name.startswith(("bank/", "stem/")):
            variable.assign(rng.normal(size=variable.shape))
    model.set_ordering("digits", [0, 2, 2])
    return model


def logits(model, task="digits"):
    return keras.ops.convert_to_numpy(model.task(task)(IMAGES))


def scales(model, task="digits"):
    place = next(iter(model.bank.block_norms))
    return keras.ops.convert_to_numpy(model.task_layers[task].norms.variables_by_name()[f"{place}/scale"])


def block_scales(model):
    place = next(iter(model.bank.block_norms))
    return keras.ops.convert_to_numpy(model.bank.stacked_weights[f"{place}/scale"])


def test_they_start_as_those_of_the_block_that_the_step_runs(model):
    before = logits(model)
    model.set_own_norms("digits")
    np.testing.assert_array_equal(scales(model), block_scales(model)[[0, 2, 2]])
    np.testing.assert_allclose(logits(model), before, rtol=1e-5, atol=1e-5)


def test_taken_away_the_blocks_run_with_theirs(model):
    before = logits(model)
    model.set_own_norms("digits")
    for variable in model.task_layers["digits"].norms.variables:
        variable.assign(variable + 1.0)
    assert np.abs(logits(model) - before).max() > 1e-3
    model.set_own_norms("digits", False)
    np.testing.assert_array_equal(logits(model), before)


def test_norm_trains_them_and_neither_the_blocks_nor_other_tasks(model, compile_model):
    model.set_own_norms("digits")
    kept, other = block_scales(model), logits(model, "letters")
    table = model.train_only("digits", ["norm"])
    places = model.bank.block_norms.values()
    assert table.trainable == 3 * 2 * sum(stage.channels for stage in places)
    compile_model(model.task("digits"))
    model.task("digits").fit(IMAGES, np.array([0, 1]), verbose=0)
    assert (scales(model) != kept[[0, 2, 2]]).any()
    np.testing.assert_array_equal(block_scales(model), kept)
    np.testing.assert_array_equal(logits(model, "letters"), other)


def test_a_step_that_runs_another_block_starts_again_as_that_block(model):
    model.set_own_norms("digits")
    for variable in model.task_layers["digits"].norms.variables:
        variable.assign(variable + 1.0)
    own, blocks = scales(model), block_scales(model)
    model.set_ordering("digits", [0, 1, 2])
    np.testing.assert_array_equal(scales(model), [own[0], blocks[1], own[2]])
    # Block 2 in front of everything; step 1 twice.
    model.set_ordering("digits", model.ordering("digits").repeat(1).insert(0, 2))
    np.testing.assert_array_equal(scales(model), [blocks[2], own[0], blocks[1], blocks[1], own[2]])


def test_a_mixture_starts_as_the_mixed_norms(model):
    model.set_own_norms("digits")
    mixed = np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    before = scales(model)
    model.set_ordering("digits", type(model.ordering("digits"))(mixed, mixed=True))
    np.testing.assert_allclose(scales(model), [before[0], block_scales(model)[1], before[2]], rtol=1e-6)


def test_new_tasks_take_them_over_or_start_as_the_blocks(model):
    model.set_own_norms("digits")
    for variable in model.task_layers["digits"].norms.variables:
        variable.assign(variable + 1.0)
    model.add_task("taken", 2, init_from="digits")
    np.testing.assert_array_equal(scales(model, "taken"), scales(model))
    model.add_task("fresh", 2, init_from="digits", own_norms=False)
    assert not model.task_layers["fresh"].own_norms
    model.set_ordering("letters", [1, 1, 0])
    model.add_task("of_blocks", 2, init_from="letters", own_norms=True)
    np.testing.assert_array_equal(scales(model, "of_blocks"), block_scales(model)[[1, 1, 0]])


@pytest.mark.parametrize("fold_norms", [False, True])
def test_static_networks_have_them(model, fold_norms):
    model.set_own_norms("digits")
    for variable in model.task_layers["digits"].norms.variables:
        variable.assign(variable + 1.0)
    static = model.to_static("digits", fold_norms)
    np.testing.assert_allclose(static.predict(IMAGES, verbose=0), logits(model), rtol=1e-4, atol=1e-4)


def test_files_have_them(model, tmp_path):
    model.set_own_norms("digits")
    for variable in model.task_layers["digits"].norms.variables:
        variable.assign(variable + 1.0)
    expected = logits(model)
    model.save_task("digits", tmp_path / "digits.modnet")
    model.load_task(tmp_path / "digits.modnet", "loaded")
    np.testing.assert_array_equal(logits(model, "loaded"), expected)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(logits(keras.saving.load_model(tmp_path / "model.keras")), expected)


def test_kinds_whose_blocks_carry_none_refuse(make_model):
    model = make_model()
    with pytest.raises(ValueError, match="`own_norms` must be False for a kind whose blocks carry no norms"):
        model.set_own_norms("digits")
    with pytest.raises(ValueError, match="`own_norms` must be False"):
        model.add_task("more", 2, own_norms=True)
    assert model.task_names == ("digits", "letters")
