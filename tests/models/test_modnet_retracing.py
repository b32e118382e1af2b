import keras
import numpy as np
import pytest

from keras_modnet.layers import register_block
from keras_modnet.layers.stages import Conv

# Torch traces nothing: every step runs the stage.
TRACES = keras.backend.backend() != "torch"
# JAX traces for its compiler alone, TensorFlow for its graphs as well.
JIT = keras.backend.backend() == "jax"
SparseLoss = keras.losses.SparseCategoricalCrossentropy
runs = []


class CountedConv(Conv):
    """A convolution that notes whenever Python runs it, which a compiled function does only while it is traced."""

    def apply(self, x, weights):
        runs.append(self.name)
        return super().apply(x, weights)


register_block("counted_for_test", lambda width: (CountedConv("conv", width, width),))


@pytest.fixture
def model(make_model):
    """Two tasks of two steps."""
    tasks = {"digits": 2, "letters": 2}
    model = make_model(compiled=False, num_blocks=2, num_steps=2, tasks=tasks, block="counted_for_test")
    for task in tasks:
        model.task(task).compile("sgd", SparseLoss(from_logits=True), jit_compile=JIT)
    return model


def runs_of_predict(model, images):
    runs.clear()
    model.predict(images, verbose=0)
    return len(runs)


def test_going_from_task_to_task_and_adding_one_trace_nothing_twice(model, images):
    # Two steps, so at least two runs the first time.
    assert all(runs_of_predict(model.task(task), images) >= 2 for task in model.task_names)
    kept = model.task("digits").predict_function
    signs = model.add_task("signs", 4, init_from="digits")
    for task in ("digits", "letters", "digits"):
        assert runs_of_predict(model.task(task), images) == (0 if TRACES else 2)
    assert model.task("digits").predict_function is kept
    assert signs.predict(images, verbose=0).shape == (4, 4)


def test_training_and_removing_another_task_leaves_the_functions_of_a_task(model, images, labels):
    digits = model.task("digits")
    digits.fit(images, labels, verbose=0)
    kept = digits.train_function
    model.task("letters").fit(images, labels, verbose=0)
    model.remove_task("letters")
    digits.fit(images, labels, verbose=0)
    assert digits.train_function is kept


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.set_ordering("digits", [0, 1, 1]),
        lambda model: model.train_only("digits", ("head",)),
        lambda model: setattr(model.bank, "trainable", False),
    ],
)
def test_functions_of_what_has_changed_are_made_anew(model, compile_model, images, labels, change):
    digits = model.task("digits")
    digits.run_eagerly = True
    digits.fit(images, labels, verbose=0)
    former = digits.train_function
    change(model)
    # A new optimizer, and not a new `compile`, which drops all functions.
    digits.optimizer = keras.optimizers.SGD()
    digits.fit(images, labels, verbose=0)
    assert digits.train_function is not former


def test_compiled_predictions_follow_a_change(make_model, images):
    model = make_model(compiled=False)
    before = model.predict(images, verbose=0)
    model.set_ordering("digits", [0, 1, 2, 0, 1])
    after = model.predict(images, verbose=0)
    assert np.abs(after - before).max() > 1e-4
    np.testing.assert_allclose(after, keras.ops.convert_to_numpy(model(images)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("mixing", ["weights", "outputs"])
def test_a_loop_is_traced_alike_for_any_number_of_steps(make_model, images, mixing):
    runs_of = {}
    for num_steps in (3, 9):
        model = make_model(compiled=False, num_steps=num_steps, block="counted_for_test", mixing=mixing, unroll=False)
        model.task("digits").compile(jit_compile=JIT)
        runs_of[num_steps] = runs_of_predict(model.task("digits"), images)
    assert runs_of[9] == (runs_of[3] if TRACES else 9)
