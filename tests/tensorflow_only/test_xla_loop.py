"""XLA needs loops of known length, and takes no gradient where a loop and a choice meet."""

import keras
import pytest

from keras_modnet.layers import BlockBank, GumbelRouter, OrderedSteps
from keras_modnet.layers.steps import run_steps

SparseLoss = keras.losses.SparseCategoricalCrossentropy


@pytest.mark.parametrize("mixing", ["weights", "outputs"])
def test_xla_compiles_a_loop_with_its_gradient(make_model, images, labels, values, mixing):
    model = make_model(compiled=False, mixing=mixing, unroll=False)
    before = values(model)
    model.compile("sgd", SparseLoss(from_logits=True), jit_compile=True)
    model.fit(images, labels, verbose=0)
    after = values(model)
    for name in ("stem/kernel", "bank/conv1/kernel", "tasks/digits/ordering/logits"):
        assert (before[name] != after[name]).any(), name


@pytest.mark.parametrize("xla", [True, False])
def test_xla_meets_no_choice_between_picking_and_mixing(make_model, images, labels, monkeypatch, xla):
    seen = []

    def spy(x, bank, ordering, normalizer, hard, unroll):
        seen.append(hard)
        return run_steps(x, bank, ordering, normalizer, hard, unroll)

    monkeypatch.setattr("keras_modnet.layers.steps.run_steps", spy)
    model = make_model(compiled=False, num_steps=1)
    model.compile("sgd", SparseLoss(from_logits=True), jit_compile=xla)
    model.fit(images, labels, verbose=0)
    assert all(hard is False for hard in seen) if xla else all(not isinstance(hard, bool) for hard in seen)
    assert seen


def test_steps_outside_a_model_meet_no_choice_either(monkeypatch):
    seen = []

    def spy(x, bank, ordering, normalizer, hard, unroll):
        seen.append(hard)
        return run_steps(x, bank, ordering, normalizer, hard, unroll)

    monkeypatch.setattr("keras_modnet.layers.steps.run_steps", spy)
    steps = OrderedSteps(BlockBank(2), GumbelRouter(1, 2))
    steps(keras.ops.ones((1, 2, 2, 4)), training=True)
    assert seen
    assert all(hard is False for hard in seen)
