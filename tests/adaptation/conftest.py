"""Adaptation without tracing: most truths need a few steps only."""

import numpy as np
import pytest

from keras_modnet.adaptation import adapt_domain, phases
from keras_modnet.training.optimizers import adamw


@pytest.fixture
def untraced(monkeypatch, compile_model):
    """Steps that need no tracing; some tests of each kind of training go the way of a user."""

    def compile_for(model, learning_rate, weight_decay, loss=None):
        optimizer = adamw(learning_rate, weight_decay, model.trainable_variables)
        compile_model(model, optimizer, **({"metrics": ["accuracy"]} if loss is None else {"loss": loss}))

    monkeypatch.setattr(phases, "compile_for", compile_for)


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


@pytest.fixture
def changed():
    """Returns `changed(model, before, values)`: names of what differs from earlier values."""

    def differing(model, before, values):
        return {name for name, value in values(model).items() if not np.array_equal(value, before[name])}

    return differing
