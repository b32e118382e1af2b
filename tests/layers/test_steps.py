"""What an ordering does: a hard one runs the plain chain of its blocks, a soft one mixes kernels or outputs."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import BlockBank, FixedRouter, GumbelRouter, OrderedSteps
from keras_modnet.layers.stages import SkipConnection
from keras_modnet.layers.steps import run_steps

BLOCKS = (2, 0, 2)
SOFT = np.array([[0.5, 0.25, 0.25], [0.0, 0.5, 0.5], [0.125, 0.125, 0.75]], "float32")
KINDS = ("basic", "bottleneck", "convnext", "convmixer_7_relu")
MIXINGS = ("weights", "outputs")
ONE_HOT = np.eye(3, dtype="float32")[list(BLOCKS)]
X = np.random.default_rng(1).normal(0, 2, (4, 2, 2, 4)).astype("float32")


def make_steps(block="basic", mixing="weights", norm="batch", seed=5):
    """Steps whose weights are a function of the seed alone."""
    keras.utils.set_random_seed(seed)
    steps = OrderedSteps(BlockBank(3, block, mixing), FixedRouter(BLOCKS, 3), norm)
    steps.build(X.shape)
    generator = np.random.default_rng(seed)
    for variable in steps.norms.variables_by_name().values():
        variable.assign(generator.uniform(0.5, 1.5, variable.shape))
    return steps


def chain(steps, x, training):
    """The plain chain: for each step fresh Keras layers with the weights of its block and the norms of the step."""
    stacked = {name: ops.convert_to_numpy(v) for name, v in steps.bank.stacked_weights.items()}
    norms = {name: ops.convert_to_numpy(v) for name, v in steps.norms.variables_by_name().items()}
    gathered = {name: value.copy() for name, value in norms.items()}
    x = ops.convert_to_tensor(x)
    for step, block in enumerate(BLOCKS):
        y = x
        for stage in steps.bank.stages:
            if isinstance(stage, SkipConnection):
                y = y + x
            elif f"{stage.name}/offset" in norms:
                layer = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3)
                layer.build(y.shape)
                layer.set_weights(
                    [norms[f"{stage.name}/{part}"][step] for part in ("scale", "offset", "mean", "variance")]
                )
                y = layer(y, training=training)
                gathered[f"{stage.name}/mean"][step] = ops.convert_to_numpy(layer.moving_mean)
                gathered[f"{stage.name}/variance"][step] = ops.convert_to_numpy(layer.moving_variance)
            else:
                layer = stage.as_layer()
                layer.build(y.shape)
                layer.set_weights([stacked[f"{stage.name}/{part}"][block] for part in stage.weights()])
                y = layer(y)
        x = x + y if steps.bank.residual else y
    return x, gathered


def run(steps, weights, training=False, **arguments):
    """Features after steps in an ordering that no router gave."""
    normalizer = steps.norms.begin(training)
    y = run_steps(ops.convert_to_tensor(X), steps.bank, ops.convert_to_tensor(weights), normalizer, **arguments)
    normalizer.finish()
    return ops.convert_to_numpy(y)


def close(actual, desired, message=""):
    actual, desired = ops.convert_to_numpy(actual), ops.convert_to_numpy(desired)
    np.testing.assert_allclose(actual, desired, rtol=1e-4, atol=1e-4, err_msg=message)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("mixing", MIXINGS)
@pytest.mark.parametrize("block", KINDS)
def test_hard_ordering_is_the_plain_chain_of_its_blocks(block, mixing, training):
    steps = make_steps(block, mixing)
    expected, statistics = chain(steps, X, training)
    close(steps(X, training=training), expected)
    for name, variable in steps.norms.variables_by_name().items():
        close(variable, statistics[name], name)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("norm", ["batch", "group", "layer"])
@pytest.mark.parametrize("mixing", MIXINGS)
def test_mixing_with_one_hot_rows_is_picking(mixing, norm, training):
    picking, mixture = make_steps(mixing=mixing, norm=norm), make_steps(mixing=mixing, norm=norm)
    close(picking(X, training=training), run(mixture, ONE_HOT, training))
    for name, variable in picking.norms.variables_by_name().items():
        close(variable, mixture.norms.variables_by_name()[name], name)


def spoil_unused_block(steps):
    """Not a number times zero is not a number: a mixture would spread it."""
    for variable in steps.bank.stacked_weights.values():
        values = ops.convert_to_numpy(variable).copy()
        values[1] = np.nan
        variable.assign(values)


def test_where_a_choice_is_slow_mixed_outputs_go_on_with_all_blocks(monkeypatch):
    monkeypatch.setattr("keras_modnet.layers.steps.slow_inside", lambda: True)
    steps = make_steps(mixing="outputs")
    spoil_unused_block(steps)
    assert np.isnan(run(steps, ONE_HOT, hard=ops.convert_to_tensor(True))).all()


@pytest.mark.parametrize(
    ("mixing", "unroll", "hard"),
    [
        *itertools.product(MIXINGS, [True, False], [True]),
        # Decided when it runs; output mixing in a loop has no such choice.
        ("weights", True, "late"),
        ("weights", False, "late"),
        ("outputs", True, "late"),
    ],
)
def test_blocks_that_a_hard_ordering_leaves_out_are_never_touched(monkeypatch, mixing, unroll, hard):
    monkeypatch.setattr("keras_modnet.layers.steps.slow_inside", lambda: False)
    steps = make_steps(mixing=mixing)
    expected = run(steps, ONE_HOT, training=True)
    spoil_unused_block(steps)
    hard = hard if hard is True else ops.convert_to_tensor(True)
    close(run(steps, ONE_HOT, training=True, hard=hard, unroll=unroll), expected)
    assert np.isnan(run(steps, ONE_HOT)).all()


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("norm", ["batch", "group"])
@pytest.mark.parametrize("mixing", MIXINGS)
@pytest.mark.parametrize("weights", ["hard", "soft"])
def test_a_loop_gives_the_numbers_of_the_steps_one_by_one(weights, mixing, norm, training):
    weights, hard = (ONE_HOT, True) if weights == "hard" else (SOFT, False)
    unrolled, loop = make_steps(mixing=mixing, norm=norm), make_steps(mixing=mixing, norm=norm)
    expected = run(unrolled, weights, training, hard=hard, unroll=True)
    close(run(loop, weights, training, hard=hard, unroll=False), expected)
    for name, variable in loop.norms.variables_by_name().items():
        close(variable, unrolled.norms.variables_by_name()[name], name)


@pytest.mark.parametrize("block", KINDS)
def test_soft_ordering_mixes_differently(block):
    by_weights, by_outputs = (run(make_steps(block, mixing), SOFT) for mixing in MIXINGS)
    assert np.abs(by_weights - by_outputs).max() > 1e-3


@pytest.mark.parametrize("block", KINDS)
def test_weight_mixing_is_one_block_with_the_mixed_kernel(block):
    mixed, one = make_steps(block), BlockBank(1, block)
    one.build(X.shape)
    # Step 0 of the ordering: 0.5 of block 0 and a quarter of each of the others.
    for name, variable in mixed.bank.stacked_weights.items():
        kernels = ops.convert_to_numpy(variable)
        one.stacked_weights[name].assign((0.5 * kernels[0] + 0.25 * kernels[1] + 0.25 * kernels[2])[None])
    expected = one(ops.convert_to_tensor(X), ops.convert_to_tensor([1.0]))
    close(mixed.bank(X, SOFT[0]), expected)


@pytest.mark.parametrize("block", KINDS)
def test_output_mixing_is_the_weighted_sum_of_the_blocks_outputs(block):
    bank = make_steps(block, "outputs").bank
    branches = [ops.convert_to_numpy(bank(X, row)) - X for row in np.eye(3, dtype="float32")]
    close(bank(X, SOFT[0]), X + 0.5 * branches[0] + 0.25 * branches[1] + 0.25 * branches[2])


def test_output_mixing_gathers_the_statistics_of_the_mixture():
    steps = make_steps(mixing="outputs")
    steps.norms.momentum = 0.0
    run(steps, SOFT[:1].repeat(3, axis=0), training=True)
    # What the second norm of the first step saw: each block's first convolution of the same normalized features.
    norm = {name: ops.convert_to_numpy(v)[0] for name, v in steps.norms.variables_by_name().items()}
    y = (X - X.mean((0, 1, 2))) / np.sqrt(X.var((0, 1, 2)) + 1e-3) * norm["norm1/scale"] + norm["norm1/offset"]
    kernels = ops.convert_to_numpy(steps.bank.stacked_weights["conv1/kernel"])
    seen = [ops.convert_to_numpy(ops.conv(np.maximum(y, 0), kernel, padding="same")) for kernel in kernels]
    weights = SOFT[0]
    mean = sum(weight * values.mean((0, 1, 2)) for weight, values in zip(weights, seen, strict=True))
    # Var = E[x^2] - E[x]^2 over the mixture of the three distributions.
    square = sum(weight * np.square(values).mean((0, 1, 2)) for weight, values in zip(weights, seen, strict=True))
    close(norm["norm2/mean"], mean)
    close(norm["norm2/variance"], square - mean**2)


def test_steps_may_share_a_bank():
    bank = BlockBank(3)
    first, second = (OrderedSteps(bank, FixedRouter(blocks, 3)) for blocks in ((0, 1), (2,)))
    x = keras.Input(X.shape[1:])
    model = keras.Model(x, second(first(x)))
    # Two 3x3 kernels of 4 channels for three blocks, once; two norms (scale, offset, two statistics) in three steps.
    assert model.count_params() == 3 * 2 * 9 * 4 * 4 + 3 * 2 * 4 * 4


def test_shared_bank_stays_shared_when_loaded(tmp_path):
    bank = BlockBank(3, name="bank")
    x = keras.Input(X.shape[1:])
    first, second = (OrderedSteps(bank, FixedRouter((1,), 3), name=name) for name in ("first", "second"))
    model = keras.Model(x, second(first(x)))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_layer("first").bank is loaded.get_layer("second").bank
    assert loaded.count_params() == model.count_params()
    np.testing.assert_array_equal(ops.convert_to_numpy(loaded(X)), ops.convert_to_numpy(model(X)))


def test_learned_router_draws_in_training_alone():
    steps = OrderedSteps(BlockBank(3), GumbelRouter(2, 3, seed=0), "layer")
    drawn = [ops.convert_to_numpy(steps(X, training=True)) for _ in range(2)]
    assert (drawn[0] != drawn[1]).any()
    close(steps(X), steps(X, training=False))


def test_router_of_another_bank_is_refused():
    with pytest.raises(ValueError, match=r"`router` must be for 4 blocks\. Received: 3"):
        OrderedSteps(BlockBank(4), FixedRouter((0, 2), 3))
