"""Adapting one task of many runs, traces and collects that task alone."""

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.layers import ClassifierHead

# A fresh task by each way of searching, and all of the network.
WAYS = [
    {"parts": ("ordering", "statistics", "head")},
    {"parts": ("ordering", "norm", "head"), "search": "gumbel"},
    {"parts": ("norm", "head", "bank", "stem")},
]


class Collected(keras.callbacks.Callback):
    """Notes which tasks have variables that Keras collects while it trains."""

    def __init__(self):
        super().__init__()
        self.tasks = set()

    def on_train_batch_begin(self, batch, logs=None):
        collected = {id(v) for v in (*self.model.trainable_variables, *self.model.non_trainable_variables)}
        layers = self.model.task_layers
        self.tasks |= {task for task in layers if collected & {id(v) for v in layers[task].variables}}


@pytest.fixture
def heads_run(monkeypatch):
    """The heads that Python runs, which a compiled function does only while it is traced."""
    heads, call, pool = [], ClassifierHead.call, ClassifierHead.pool
    monkeypatch.setattr(
        ClassifierHead, "call", lambda self, *args, **named: heads.append(self) or call(self, *args, **named)
    )
    monkeypatch.setattr(
        ClassifierHead, "pool", lambda self, *args, **named: heads.append(self) or pool(self, *args, **named)
    )
    return heads


@pytest.fixture
def data():
    labels = np.arange(8) % 2
    return np.random.default_rng(0).integers(0, 255, (8, 4, 4, 1)).astype("uint8"), labels


def adapt(model, task, data, way):
    model.add_task(task, 2, init_from="digits")
    collected = Collected()
    options = {"epochs": 2, "batch_size": 8, "verbose": 0, "callbacks": [collected]}
    keras_modnet.adapt_task(model, task, data, **options, **way)
    return collected.tasks


@pytest.mark.parametrize("way", WAYS)
def test_adapting_a_task_runs_and_collects_none_of_those_before_it(make_model, data, heads_run, way):
    model = make_model(compiled=False, tasks={"digits": 3})
    model.set_ordering("digits", [0, 1, 2])
    runs = []
    for task in ("first", "second", "third"):
        heads_run.clear()
        assert adapt(model, task, data, way) == {task}
        assert {id(head) for head in heads_run} == {id(model.task_layers[task].head)}
        runs.append(len(heads_run))
    # As often for the third task as for the second: nothing grows with what a bank carries.
    assert runs[2] <= runs[1]
