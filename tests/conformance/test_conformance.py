"""Every layer and model keeps every promise: the rows are in `conformance_rows`, the promises are the tests."""

import inspect
import json
import math

import keras
import numpy as np
import pytest
from conformance_rows import IMAGES, ROWS
from keras import ops

POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")
# On torch `jit_compile` would mean torch.compile, which this package does not promise.
JIT_COMPILE = keras.backend.backend() != "torch"

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def keyed(row, make):
    """What `make()` returns, or a dict of it where the row's inputs are dicts."""
    return {key: make() for key in row.keys} if row.keys else make()


def inputs(row):
    low, high = (0, 255) if row.input_shape == IMAGES else (-2, 2)
    generator = np.random.default_rng(5)
    return keyed(row, lambda: generator.uniform(low, high, (4, *row.input_shape)).astype("float32"))


def symbolic_inputs(row):
    return {key: keras.Input(row.input_shape, name=key) for key in row.keys} or keras.Input(row.input_shape)


def functional(row, layer):
    x = symbolic_inputs(row)
    return keras.Model(x, row.apply(layer, x))


def arrays(output):
    return [ops.convert_to_numpy(leaf) for leaf in keras.tree.flatten(output)]


def scored(row, layer):
    """A model with one number an image that depends on every output of the layer, and on a dense layer beside it."""
    x = symbolic_inputs(row)
    # Not symmetric in the outputs, so that no norm or softmax has a zero gradient.
    outputs = keras.tree.flatten(row.apply(layer, x))
    score = sum(ops.mean(ops.exp(0.5 * ops.cast(output, "float32"))) for output in outputs)
    beside = keras.layers.Dense(1, name="beside")
    model = keras.Model(x, beside(ops.mean(keras.tree.flatten(x)[0], axis=(1, 2))) + score)
    return model, beside


def fill_with_random_values(layer):
    generator = np.random.default_rng(11)
    for variable in layer.weights:
        if variable.dtype == "float32":
            variable.assign(generator.uniform(0.1, 1.0, variable.shape))


def snapshot(variables):
    return [np.array(ops.convert_to_numpy(variable)) for variable in variables]


def size(variables):
    return sum(math.prod(variable.shape) for variable in variables)


def fit_one_step(model, x, **arguments):
    model.compile(keras.optimizers.SGD(1.0), "mse", **arguments)
    model.fit(x, np.ones((4, 1), "float32"), batch_size=4, verbose=0)


@every_row
def test_config_is_json_and_makes_the_same_layer(row):
    layer = row.make("mixed_bfloat16")
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is type(layer)
    assert json.loads(json.dumps(keras.saving.serialize_keras_object(again))) == config


@every_row
def test_config_holds_every_argument_of_the_constructor(row):
    layer = row.make("float32")
    parameters = inspect.signature(type(layer)).parameters.values()
    named = {parameter.name for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD}
    assert named <= layer.get_config().keys()


@every_row
def test_saved_functional_model_gives_the_same_output(row, tmp_path):
    layer = row.make("float32")
    model = functional(row, layer)
    fill_with_random_values(layer)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    x = inputs(row)
    for actual, expected in zip(arrays(loaded(x)), arrays(model(x)), strict=True):
        np.testing.assert_array_equal(actual, expected)


@every_row
@pytest.mark.parametrize("policy", POLICIES)
def test_shapes_and_dtypes_are_told_beforehand(row, policy):
    layer = row.make(policy)
    symbolic = row.apply(layer, keyed(row, lambda: keras.KerasTensor((4, *row.input_shape), dtype="float32")))
    eager = row.apply(layer, keras.tree.map_structure(ops.convert_to_tensor, inputs(row)))
    shapes = keras.tree.map_structure(lambda tensor: tuple(tensor.shape), eager)
    assert keras.tree.map_structure(lambda tensor: tuple(tensor.shape), symbolic) == shapes
    assert layer.compute_output_shape(keyed(row, lambda: (4, *row.input_shape))) == shapes
    compute_dtype = "float32" if row.always_float32 else keras.DTypePolicy(policy).compute_dtype
    for told, given in zip(keras.tree.flatten(symbolic), keras.tree.flatten(eager), strict=True):
        assert told.dtype == keras.backend.standardize_dtype(given.dtype) == compute_dtype
    assert {variable.dtype for variable in layer.weights} <= {"float32", "bool"}


@every_row
def test_parameters_are_as_many_as_stated(row):
    layer = row.make("float32")
    functional(row, layer)
    assert (size(layer.trainable_weights), size(layer.non_trainable_weights)) == (row.trainable, row.fixed)


@every_row
def test_compiled_training_step_moves_every_trainable_variable(row):
    layer = row.make("float32")
    model, _ = scored(row, layer)
    before = snapshot(layer.trainable_variables)
    fit_one_step(model, inputs(row), jit_compile=JIT_COMPILE)
    # At a learning rate of one a variable moves by its gradient, so a gradient that is not finite shows.
    for variable, old in zip(layer.trainable_variables, before, strict=True):
        new = ops.convert_to_numpy(variable)
        assert np.isfinite(new).all(), variable.path
        assert (new != old).any() != variable.path.endswith(row.idle), variable.path


@every_row
def test_frozen_layer_keeps_every_variable(row):
    layer = row.make("float32")
    model, beside = scored(row, layer)
    layer.trainable = False
    assert layer.trainable_variables == []
    before, kernel = snapshot(layer.variables), snapshot([beside.kernel])[0]
    fit_one_step(model, inputs(row), run_eagerly=True)
    # Moving statistics and the state of seeds are among them.
    for variable, old in zip(layer.variables, before, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(variable), old, err_msg=variable.path)
    assert (ops.convert_to_numpy(beside.kernel) != kernel).any()


@every_row
def test_same_seed_gives_the_same_result(row):
    def draw():
        keras.utils.set_random_seed(3)
        layer = row.make("float32")
        model = functional(row, layer)
        return snapshot(layer.variables) + arrays(model(inputs(row), training=True))

    for again, first in zip(draw(), draw(), strict=True):
        np.testing.assert_array_equal(again, first)


def test_every_public_layer_has_a_row():
    from keras_modnet import layers

    public = {getattr(layers, name) for name in layers.__all__ if isinstance(getattr(layers, name), type)}
    assert public <= {type(row.make("float32")) for row in ROWS}
