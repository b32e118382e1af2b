"""Models whose values differ by step, block and channel, as training would make them."""

import keras
import numpy as np
import pytest


@pytest.fixture
def wide(make_model):
    """Returns a maker of models whose width has several channels in each of several groups."""

    def make(**arguments):
        model = make_model(compiled=False, width=16, num_steps=4, **arguments)
        rng = np.random.default_rng(3)
        for name, variable in model.named_variables().items():
            if name.endswith(("scale", "offset", "mean", "variance")):
                variable.assign(rng.uniform(0.5, 1.5, variable.shape).astype("float32"))
        return model

    return make


@pytest.fixture(scope="session")
def largest_difference():
    """Returns the function from two tensors to the largest difference of their elements."""
    return lambda a, b: float(np.abs(keras.ops.convert_to_numpy(a) - keras.ops.convert_to_numpy(b)).max())
