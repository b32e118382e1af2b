"""Adaptation without tracing: most truths need a few steps only."""

import pytest

from keras_modnet.adaptation import phases
from keras_modnet.training.optimizers import adamw


@pytest.fixture
def untraced(monkeypatch, compile_model):
    """Steps that need no tracing; some tests of each kind of training go the way of a user."""

    def compile_for(model, learning_rate, weight_decay, loss=None):
        optimizer = adamw(learning_rate, weight_decay, model.trainable_variables)
        compile_model(model, optimizer, **({"metrics": ["accuracy"]} if loss is None else {"loss": loss}))

    monkeypatch.setattr(phases, "compile_for", compile_for)
