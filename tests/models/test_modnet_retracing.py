import keras
import numpy as np
import pytest

from keras_modnet.layers import register_block
from keras_modnet.layers.stages import Conv

# Torch traces nothing: every step runs the stage.
TRACES = keras.backend.backend() != "torch"
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
    return make_model(
        compiled=False, num_blocks=2, num_steps=2, tasks={"digits": 2, "letters": 2}, block="counted_for_test"
    )


def count_runs(function):
    runs.clear()
    function()
    return len(runs)


def test_switching_tasks_traces_nothing_twice(model, images):
    # JAX traces for its compiler alone, TensorFlow for its graphs as well.
    model.compile(jit_compile=keras.backend.backend() == "jax")
    first = count_runs(lambda: model.predict(images, verbose=0))
    with model.use_task("letters"):
        second = count_runs(lambda: model.predict(images, verbose=0))
    # Two steps, so at least two runs the first time.
    assert min(first, second) >= 2
    for task in ("digits", "letters", "digits"):
        with model.use_task(task):
            assert count_runs(lambda: model.predict(images, verbose=0)) == (0 if TRACES else 2)


def test_each_task_keeps_its_compiled_functions(model, images, labels):
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    model.fit(images, labels, verbose=0)
    digits = model.train_function
    with model.use_task("letters"):
        assert model.train_function is None
    assert model.train_function is digits


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.remove_task("letters"),
        lambda model: model.set_ordering("digits", [0, 1, 1]),
        lambda model: model.train_only("digits", ("head",)),
    ],
)
def test_functions_of_what_has_changed_are_dropped(model, images, labels, change):
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    model.fit(images, labels, verbose=0)
    change(model)
    assert model.train_function is None


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
        model.compile(jit_compile=keras.backend.backend() == "jax")
        runs_of[num_steps] = count_runs(lambda model=model: model.predict(images, verbose=0))
    assert runs_of[9] == (runs_of[3] if TRACES else 9)


def test_a_new_task_leaves_the_functions_of_the_others(model, images):
    model.compile(jit_compile=keras.backend.backend() == "jax")
    before = model.predict(images, verbose=0)
    kept = model.predict_function
    model.add_task("signs", 4, init_from="digits")
    assert model.predict_function is kept
    np.testing.assert_allclose(model.predict(images, verbose=0), before, rtol=1e-5, atol=1e-6)
    with model.use_task("signs"):
        assert model.predict(images, verbose=0).shape == (4, 4)
