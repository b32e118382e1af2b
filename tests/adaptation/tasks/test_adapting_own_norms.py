"""Adaptation of norms that blocks carry."""

import keras
import numpy as np
import pytest

import keras_modnet

RNG = np.random.default_rng(12)
DATA = RNG.uniform(0, 255, (8, 4, 4, 1)).astype("float32"), np.arange(8) % 2
OPTIONS = {"epochs": 2, "batch_size": 4, "verbose": 0}


@pytest.fixture(params=["convnext", "transformer"])
def model(make_model, request):
    model = make_model(block=request.param, norm="layer")
    model.set_ordering("letters", [0, 2, 2])
    return model


def values(model):
    return {name: keras.ops.convert_to_numpy(variable) for name, variable in model.named_variables().items()}


def test_norm_gives_the_task_norms_of_its_own_and_leaves_the_bank(model):
    before = values(model)
    result = keras_modnet.adapt_task(model, "letters", DATA, parts=("norm", "head"), **OPTIONS)
    assert model.task_layers["letters"].own_norms
    assert not model.task_layers["digits"].own_norms
    places = model.bank.block_norms
    own = sum(2 * 3 * stage.channels for stage in places.values())
    # Norm of the head, its kernel and bias.
    assert result.trained_parameters == own + 2 * 4 + 4 * 2 + 2
    after = values(model)
    for place in places:
        for part in ("scale", "offset"):
            np.testing.assert_array_equal(after[f"bank/{place}/{part}"], before[f"bank/{place}/{part}"])
            moved = after[f"tasks/letters/norm/{place}/{part}"] - before[f"bank/{place}/{part}"][[0, 2, 2]]
            assert np.abs(moved).max() > 0


def test_they_are_taken_over_from_the_task_that_is_started_from(model):
    model.set_own_norms("digits")
    for variable in model.task_layers["digits"].norms.variables:
        variable.assign(variable + 1.0)
    expected = values(model)
    keras_modnet.adapt_task(model, "letters", DATA, parts=("head",), init_from="digits", **OPTIONS)
    for place in model.bank.block_norms:
        taken = values(model)[f"tasks/letters/norm/{place}/scale"]
        np.testing.assert_array_equal(taken, expected[f"tasks/digits/norm/{place}/scale"])


def test_an_interrupted_call_takes_them_away_again(model):
    before = values(model)

    class Stops(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keras_modnet.adapt_task(model, "letters", DATA, parts=("norm", "head"), callbacks=[Stops()], **OPTIONS)
    after = values(model)
    assert after.keys() == before.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value)


def test_a_domain_moves_them_without_labels(model):
    kept = values(model)
    keras_modnet.adapt_domain(model, None, DATA[0], task="letters", parts=("norm",), epochs=2, verbose=0)
    assert model.task_layers["letters"].own_norms
    assert all((values(model)[name] == value).all() for name, value in kept.items() if name.startswith("bank/"))
