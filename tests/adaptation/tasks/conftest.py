"""A task of two classes that any head can learn, beside another one."""

import numpy as np
import pytest

import keras_modnet


@pytest.fixture
def model(make_model):
    """A model whose task "letters" starts from "digits"."""
    model = make_model(compiled=False, tasks={"digits": 3})
    model.set_ordering("digits", [0, 1, 2])
    model.add_task("letters", 2, init_from="digits")
    return model


@pytest.fixture
def data():
    """Images of two classes, dark and bright, and their labels."""
    labels = np.arange(16) % 2
    images = np.random.default_rng(0).uniform(0, 60, (16, 4, 4, 1)) + 150 * labels[:, None, None, None]
    return images.astype("uint8"), labels


@pytest.fixture
def adapt():
    """`adapt_task` of "letters", silent and short."""

    def run(model, *data, **arguments):
        short = {"epochs": 2, "verbose": 0, "batch_size": 8}
        return keras_modnet.adapt_task(model, "letters", *data, **(short | arguments))

    return run
