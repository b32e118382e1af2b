import keras
import numpy as np
import pytest

from keras_modnet.training.optimizers import adamw


def test_only_kernels_decay():
    names = ("kernel", "logits", "norm1_scale", "norm1_offset", "bias")
    variables = [keras.Variable(np.ones(2, "float32"), name=name) for name in names]
    optimizer = adamw(0.1, 0.5, variables)
    # Without a gradient AdamW moves a weight by -learning_rate * weight_decay * weight = -0.05, and nothing else.
    optimizer.apply([keras.ops.zeros(2) for _ in variables], variables)
    moved = [float(1 - keras.ops.convert_to_numpy(variable)[0]) for variable in variables]
    np.testing.assert_allclose(moved, [0.05, 0, 0, 0, 0], atol=1e-6)


def test_a_step_without_any_kernel_works():
    variable = keras.Variable(np.ones(2, "float32"), name="logits")
    optimizer = adamw(0.1, 0.5, [variable])
    # Adam's first step is the learning rate against the sign of the gradient.
    optimizer.apply([keras.ops.ones(2)], [variable])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(variable), [0.9, 0.9], atol=1e-5)


@pytest.mark.parametrize("name", ["kernel", "logits"])
def test_the_average_of_the_weights_is_taken_over_at_the_end(name):
    variable = keras.Variable(np.ones(1, "float32"), name=name)
    optimizer = adamw(0.1, 0.0, [variable], ema_momentum=0.5)
    values = []
    for _ in range(2):
        optimizer.apply([keras.ops.ones(1)], [variable])
        values.append(float(keras.ops.convert_to_numpy(variable)[0]))
    optimizer.finalize_variable_values([variable])
    # The average begins with the value after the first step.
    np.testing.assert_allclose(keras.ops.convert_to_numpy(variable), [sum(values) / 2], rtol=1e-6)
