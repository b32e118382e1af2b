"""`to_static_tasks`: first steps that tasks have in common run once; the logits are those of each task alone."""

import keras
import numpy as np
import pytest

ORDERING = [0, 1, 2, 0]
STEPS = len(ORDERING)
# Scale and offset, mean and variance of the two places of "basic", 16 channels each.
NORMS_OF_A_STEP = 2 * 4 * 16


@pytest.fixture
def copied(wide):
    """Returns a maker of models with a task "copy" that has the ordering and the norms of "digits"."""

    def make(**arguments):
        model = wide(**arguments)
        model.set_ordering("digits", ORDERING)
        model.add_task("copy", 2, init_from="digits")
        return model

    return make


def other_from(step):
    """An ordering that leaves `ORDERING` at a step, and goes on with its blocks one step later."""
    return ORDERING[:step] + [(block + 1) % 3 for block in ORDERING[step : step + 1]] + ORDERING[step + 1 :]


def runs(static):
    """Names of the steps that run, one for each addition, sorted."""
    return sorted(layer.name.removesuffix("_add") for layer in static.layers if isinstance(layer, keras.layers.Add))


def expect_own_logits(model, static, images, largest_difference):
    logits = static(images)
    for task in logits:
        assert largest_difference(logits[task], model.to_static(task)(images)) < 1e-5, task


def change(model, task, name, step):
    """Changes the last bit of one value of one step."""
    variable = model.named_variables()[f"tasks/{task}/norm/{name}"]
    value = np.array(keras.ops.convert_to_numpy(variable))
    value[step, 0] = np.nextafter(value[step, 0], np.float32(2))
    variable.assign(value)


@pytest.mark.parametrize("step", range(STEPS + 1))
def test_steps_before_the_orderings_split_are_shared(copied, images, largest_difference, step):
    model = copied()
    model.set_ordering("copy", other_from(step))
    static = model.to_static_tasks(["digits", "copy"])
    copy = [f"copy_step0{index}" for index in range(step, STEPS)]
    assert runs(static) == copy + [f"digits_step0{index}" for index in range(STEPS)]
    expect_own_logits(model, static, images, largest_difference)
    norms = [name for name in (layer.name for layer in static.layers) if name.endswith("norm1")]
    assert len(norms) == 2 * STEPS - step


@pytest.mark.parametrize("name", ["norm1/scale", "norm1/mean", "norm2/offset", "norm2/variance"])
def test_steps_before_the_norms_split_are_shared(copied, images, largest_difference, name):
    model = copied()
    change(model, "copy", name, step=2)
    static = model.to_static_tasks(["digits", "copy"])
    assert [step for step in runs(static) if step.startswith("copy")] == ["copy_step02", "copy_step03"]
    expect_own_logits(model, static, images, largest_difference)


@pytest.mark.parametrize("norm", ["batch", "group", "layer"])
def test_tasks_with_other_norms_share_no_step(wide, images, largest_difference, norm):
    model = wide(norm=norm)
    for task in ("digits", "letters"):
        model.set_ordering(task, ORDERING)
    static = model.to_static_tasks(["digits", "letters"])
    assert len(runs(static)) == 2 * STEPS
    expect_own_logits(model, static, images, largest_difference)


@pytest.mark.parametrize("blocks", [[0], [0, 1], [0, 1, 2, 0, 1]])
def test_a_task_with_another_number_of_steps_shares_the_first(copied, images, largest_difference, blocks):
    model = copied()
    model.set_ordering("copy", blocks)
    static = model.to_static_tasks(["digits", "copy"])
    assert len(runs(static)) == max(STEPS, len(blocks))
    expect_own_logits(model, static, images, largest_difference)


def test_blocks_without_norms_of_a_step_share_by_the_ordering_alone(wide, images, largest_difference):
    model = wide(block="convnext")
    model.set_ordering("digits", ORDERING)
    model.set_ordering("letters", other_from(3))
    static = model.to_static_tasks(["digits", "letters"])
    assert len(runs(static)) == 3 + 2
    expect_own_logits(model, static, images, largest_difference)


def test_each_task_shares_what_it_has_in_common_with_any_before(copied, images, largest_difference):
    model = copied()
    model.add_task("third", 3, init_from="digits")
    model.set_ordering("copy", other_from(1))
    model.set_ordering("third", [*other_from(1)[:3], 1])
    static = model.to_static_tasks(["digits", "copy", "third"])
    copy = ["copy_step01", "copy_step02", "copy_step03"]
    assert runs(static) == [*copy, *(f"digits_step0{step}" for step in range(STEPS)), "third_step03"]
    expect_own_logits(model, static, images, largest_difference)


def test_a_shared_step_is_named_after_the_first_task(copied):
    assert runs(copied().to_static_tasks(["copy", "digits"])) == [f"copy_step0{step}" for step in range(STEPS)]


def test_heads_are_never_shared(copied):
    model = copied()
    static = model.to_static_tasks(["digits", "copy"])
    heads = {layer.name for layer in static.layers if isinstance(layer, keras.layers.Dense)}
    assert heads == {"digits_head", "copy_head"}


def test_shared_steps_store_their_norms_once(copied):
    model = copied()
    model.set_ordering("copy", other_from(3))
    both, single = model.to_static_tasks(["digits", "copy"]), model.to_static("digits")
    # One step, and a head: scale, offset, mean and variance, a kernel and a bias for two classes.
    assert both.count_params() - single.count_params() == NORMS_OF_A_STEP + 4 * 16 + (16 + 1) * 2


def test_values_are_copied(copied, values):
    model = copied()
    before = values(model)
    for variable in model.to_static_tasks(["digits", "copy"]).variables:
        variable.assign(np.zeros(variable.shape))
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)


def test_a_saved_model_of_several_tasks_keeps_what_is_shared(copied, images, largest_difference, tmp_path):
    model = copied()
    model.set_ordering("copy", other_from(2))
    static = model.to_static_tasks(("digits", "copy"))
    static.save(tmp_path / "tasks.keras")
    loaded = keras.saving.load_model(tmp_path / "tasks.keras")
    assert runs(loaded) == runs(static)
    expect_own_logits(model, loaded, images, largest_difference)
