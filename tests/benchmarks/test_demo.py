import keras_modnet
from benchmarks.demo.rows import compare
from benchmarks.demo.table import table
from benchmarks.shared import digits_task


def test_the_demo_compares_all_methods_from_the_same_start(monkeypatch, tmp_path):
    monkeypatch.setattr(digits_task, "NUM_TRAIN", 50)
    results = compare(num_seeds=1, epochs=2, folder=tmp_path, workers=1)
    model = keras_modnet.from_preset(str(tmp_path / "adapted"))
    runs = {run["method"]: run for run in results["runs"]}
    assert list(runs) == list(digits_task.METHODS)
    starts = {tuple(run["ordering_before"]) for method, run in runs.items() if method != digits_task.RANDOM}
    assert len(starts) == 1
    assert tuple(runs[digits_task.RANDOM]["ordering_before"]) not in starts
    fixed = [method for method, parts in digits_task.METHODS.items() if "ordering" not in parts]
    assert all(runs[method]["ordering_after"] == runs[method]["ordering_before"] for method in fixed)
    # What trains more, trains more parameters; statistics are none.
    counts = [run["trained_parameters"] for run in runs.values()]
    assert counts[0] == counts[1] == counts[2] < counts[3] < counts[4] < counts[5]
    assert digits_task.TASK in model.task_names
    text = table(results)
    assert all(f"| {method} | {run['trained_parameters']:,} |" in text for method, run in runs.items())
