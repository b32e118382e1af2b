"""XLA needs loops of known length, and takes no gradient where a loop and a choice meet."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_modnet.layers import BlockBank, GumbelRouter, OrderedSteps
from keras_modnet.layers.steps import run_steps
from training.distribution import make_strategy
from training.steps import make_steps

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


def test_xla_compiles_the_step_of_a_replica(make_model, images, labels, values):
    # Of one replica: TensorFlow compiles no variables of several devices of a CPU.
    strategy, trained = make_strategy("mirrored"), []
    for compiled in (False, True):
        keras.utils.set_random_seed(0)
        with strategy.scope():
            model = make_model(compiled=False, unroll=False)
            model.set_ordering("digits", [0, 2, 0])
            own = model.task("digits")
            own.compile("sgd", SparseLoss(from_logits=True), jit_compile=compiled)
        before = values(model)
        steps = make_steps(own, strategy)
        steps.build((images, labels))
        assert own.task_layers["digits"].steps.under_xla is compiled

        @tf.function
        def run(step, batch):
            strategy.run(step, args=(batch,))

        run(tf.function(own.train_step, jit_compile=compiled), (tf.constant(images), tf.constant(labels)))
        trained.append(values(model))
        assert (trained[-1]["stem/kernel"] != before["stem/kernel"]).any()
    for name, value in trained[0].items():
        np.testing.assert_allclose(trained[1][name], value, rtol=1e-5, atol=1e-5, err_msg=name)
