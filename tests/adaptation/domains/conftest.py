"""A model whose orderings differ in what they predict, and images of a new domain."""

import numpy as np
import pytest

from keras_modnet import adapt_domain


@pytest.fixture
def scattered(make_model):
    """A model whose heads and norms are as if trained: orderings differ in what they predict."""
    model = make_model(compiled=False, tasks={"digits": 3, "letters": 2}, width=8)
    generator = np.random.default_rng(1)
    for name, variable in model.named_variables().items():
        if name.endswith(("scale", "offset", "kernel")):
            variable.assign(generator.normal(0.0, 1.0, variable.shape).astype("float32"))
    model.set_ordering("digits", [0, 1, 2])
    return model


@pytest.fixture
def target():
    """Images without labels."""
    return np.random.default_rng(2).uniform(0, 255, (24, 4, 4, 1)).astype("uint8")


@pytest.fixture
def adapt():
    """`adapt_domain`, silent and short."""

    def run(model, sources, target, **arguments):
        return adapt_domain(model, sources, target, **({"verbose": 0, "epochs": 2} | arguments))

    return run
