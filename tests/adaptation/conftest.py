"""Adaptation without tracing: most truths need a few steps only."""

import numpy as np
import pytest

from keras_modnet.models.task_model import TaskModel


@pytest.fixture
def untraced(monkeypatch):
    """Steps that need no tracing; some tests of each kind of training go the way of a user."""
    compile_as_keras = TaskModel.compile
    monkeypatch.setattr(
        TaskModel, "compile", lambda self, *args, **named: compile_as_keras(self, *args, **named, run_eagerly=True)
    )


@pytest.fixture
def changed():
    """Returns `changed(model, before, values)`: names of what differs from earlier values."""

    def differing(model, before, values):
        after = values(model)
        assert after.keys() == before.keys()
        return {name for name, value in after.items() if not np.array_equal(value, before[name])}

    return differing
