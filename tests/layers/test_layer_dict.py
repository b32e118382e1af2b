import keras
import numpy as np
import pytest

from keras_modnet.layers.layer_dict import LayerDict


def dense():
    layer = keras.layers.Dense(2)
    layer.build((None, 3))
    return layer


@pytest.fixture
def held():
    """A model around a `LayerDict` of one layer, built, which Keras locks."""

    class Around(keras.Model):
        def __init__(self):
            super().__init__()
            self.own = LayerDict({"a": dense()})
            self.built = True

    return Around()


def test_layers_come_and_go_after_the_model_is_built(held):
    first, second = held.own.by_name["a"], dense()
    held.own.by_name["b"] = second
    assert [v is w for v, w in zip(held.weights, [*first.weights, *second.weights], strict=True)] == [True] * 4
    held.own.replace({"b": second})
    assert [v is w for v, w in zip(held.weights, second.weights, strict=True)] == [True] * 2
    assert list(held.own.by_name) == ["b"]


def test_layers_that_came_later_are_frozen_saved_and_loaded(held, tmp_path):
    held.own.by_name["b"] = dense()
    held.save_weights(tmp_path / "held.weights.h5")
    kernel = held.own.by_name["b"].kernel
    expected = np.array(keras.ops.convert_to_numpy(kernel))
    kernel.assign(np.zeros((3, 2)))
    held.load_weights(tmp_path / "held.weights.h5")
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(kernel), expected)
    held.trainable = False
    assert held.trainable_variables == []
