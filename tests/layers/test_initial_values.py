import keras
import numpy as np

from keras_modnet.layers.initial_values import Initial, without_initial_values


def test_nothing_is_drawn_where_without_initial_values():
    drawn = Initial("he_normal")
    with without_initial_values():
        assert np.array_equal(drawn((2, 3), dtype="float32"), np.zeros((2, 3)))
    assert np.abs(keras.ops.convert_to_numpy(drawn((2, 3), dtype="float32"))).min() > 0


def test_a_variable_keeps_its_dtype_where_without_initial_values():
    for dtype in ("float32", "bfloat16", "bool"):
        with without_initial_values():
            variable = keras.Variable(Initial("ones"), shape=(2,), dtype=dtype, trainable=dtype != "bool")
        assert keras.backend.standardize_dtype(variable.dtype) == dtype


def test_an_initializer_is_made_again_from_its_configuration():
    again = keras.initializers.deserialize(keras.initializers.serialize(Initial(keras.initializers.Constant(3.0))))
    assert keras.ops.convert_to_numpy(again((1,), dtype="float32")).tolist() == [3.0]
