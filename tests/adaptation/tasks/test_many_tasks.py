"""Adapting one task of many runs that task alone."""

import numpy as np
import pytest

import keras_modnet
from keras_modnet.layers import ClassifierHead

# A fresh task by each way of searching, and all of the network.
WAYS = [
    {"parts": ("ordering", "statistics", "head"), "search": "coordinate"},
    {"parts": ("ordering", "norm", "head"), "search": "gumbel"},
    {"parts": ("norm", "head", "bank", "stem")},
]


@pytest.fixture
def heads_run(monkeypatch):
    """The heads that run, one entry each time."""
    heads = []
    for name in ("call", "pool"):
        run = getattr(ClassifierHead, name)
        monkeypatch.setattr(
            ClassifierHead, name, lambda self, *args, run=run, **named: heads.append(self) or run(self, *args, **named)
        )
    return heads


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("way", WAYS)
def test_adapting_a_task_runs_none_of_those_before_it(make_model, heads_run, way):
    data = np.random.default_rng(0).integers(0, 255, (8, 4, 4, 1)).astype("uint8"), np.arange(8) % 2
    model = make_model(compiled=False, tasks={"digits": 3})
    model.set_ordering("digits", [0, 1, 2])
    runs = []
    for task in ("first", "second"):
        model.add_task(task, 2, init_from="digits")
        heads_run.clear()
        keras_modnet.adapt_task(model, task, data, epochs=2, batch_size=8, verbose=0, **way)
        assert {id(head) for head in heads_run} == {id(model.task_layers[task].head)}
        runs.append(len(heads_run))
    # Nothing grows with what a bank carries.
    assert runs[0] == runs[1]
