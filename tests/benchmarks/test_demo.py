import numpy as np

import keras_modnet
from benchmarks import demo_task, tables


def test_the_demo_compares_all_methods_from_the_same_start(monkeypatch, tmp_path):
    monkeypatch.setattr(demo_task, "NUM_TRAIN", 50)
    results = demo_task.compare(num_seeds=1, epochs=2, folder=tmp_path, workers=1)
    model = keras_modnet.from_preset(str(tmp_path / "adapted"))
    runs = {run["method"]: run for run in results["runs"]}
    assert list(runs) == list(demo_task.METHODS)
    starts = {tuple(run["ordering_before"]) for method, run in runs.items() if method != demo_task.RANDOM}
    assert len(starts) == 1
    assert tuple(runs[demo_task.RANDOM]["ordering_before"]) not in starts
    fixed = [method for method, parts in demo_task.METHODS.items() if "ordering" not in parts]
    assert all(runs[method]["ordering_after"] == runs[method]["ordering_before"] for method in fixed)
    # What trains more, trains more parameters; statistics are none.
    counts = [run["trained_parameters"] for run in runs.values()]
    assert counts[0] == counts[1] == counts[2] < counts[3] < counts[4] < counts[5]
    assert demo_task.TASK in model.task_names
    table = tables.demo_table(results)
    assert all(f"| {method} | {run['trained_parameters']:,} |" in table for method, run in runs.items())


def test_the_digits_are_all_there_in_the_banks_shape():
    images, labels = demo_task.digits()
    assert images.shape == (1797, 28, 28, 1)
    assert images.dtype == np.uint8
    assert images.max() == 255
    assert np.bincount(labels).min() > 170
