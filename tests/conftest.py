"""Every test starts from the same seed and a clean Keras; the tests run on the backend that KERAS_BACKEND names.

`tests/tensorflow_only` holds what is about TensorFlow itself (strategies, tf.data, its loss scaling). On another
backend there is nothing there to test, so the folder is not collected. It is not called `tensorflow`: pytest puts
`tests/` on the import path, and where TensorFlow is missing a folder of that name would be imported in its place.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Tests compile much and compute little: without optimizations they take two thirds of the time on JAX.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

import keras
import numpy as np
import pytest

from keras_modnet.models.modnet import ModNet

collect_ignore = [] if keras.backend.backend() == "tensorflow" else ["tensorflow_only"]


@pytest.fixture(autouse=True)
def clean_start():
    """The same seed for every test, and neither layer names nor a dtype policy from the test before."""
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(0)


@pytest.fixture(scope="session")
def make_model():
    """Returns `make_model(**arguments)`: a `ModNet` as small as the truths about it allow, compiled on demand."""

    def make(compiled=True, **arguments):
        small = {
            "image_shape": (4, 4, 1),
            "tasks": {"digits": 3, "letters": 2},
            "num_blocks": 3,
            "num_steps": 3,
            "width": 4,
            "patch_size": 2,
            "seed": 1,
        }
        model = ModNet(**(small | arguments))
        if compiled:
            _compile(model)
        return model

    return make


@pytest.fixture(scope="session")
def compile_model():
    """Returns the function that compiles a model with functions that need no tracing: most truths need one step."""
    return _compile


def _compile(model, optimizer=None, **arguments):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(0.1) if optimizer is None else optimizer
    model.compile(optimizer, **({"loss": loss, "run_eagerly": True} | arguments))
    return model


@pytest.fixture(scope="session")
def images():
    """Four images with pixels from 0 to 255."""
    return np.random.default_rng(7).uniform(0, 255, (4, 4, 4, 1)).astype("float32")


@pytest.fixture(scope="session")
def labels():
    """Labels of the four images, two classes."""
    return np.array([0, 1, 1, 0], "int32")


@pytest.fixture(scope="session")
def values():
    """Returns `values(model)`: a copy of every named variable of a `ModNet` as NumPy arrays."""
    return lambda model: {
        name: np.array(keras.ops.convert_to_numpy(variable)) for name, variable in model.named_variables().items()
    }
