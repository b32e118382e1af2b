from benchmarks.transfer.run import FULL, NORMS, ORDERING, PROBE
from benchmarks.transfer.table import checks, notes


def test_differences_are_taken_seed_by_seed():
    accuracies = {PROBE: (50, 60), ORDERING: (56, 64), NORMS: (72, 78), FULL: (80, 80)}
    runs = [
        {"size": "5", "method": method, "seed": seed, "target": "emoji", "accuracy_percent": values[seed]}
        for method, values in accuracies.items()
        for seed in (0, 1)
    ]
    lines = checks(runs)
    assert f"| {ORDERING} minus {PROBE}, points | 5.00 ± 1.41 |" in lines
    assert f"| {NORMS}, % of {FULL} | 93.75 ± 5.30 |" in lines


def test_notes_say_how_many_images_full_means():
    setting = {"test_images": 7, "tuning_size": "20", "batch_size": 50, "steps": {"5": 1, "full": 2}, "full_images": 9}
    runs = [{"size": "full", "target": "emoji", "train_images": 8}]
    text = notes({"setting": setting, "runs": runs})
    assert "2 (full)" in text
    assert "(5)" not in text
    assert "Full: at most 9 training images (emoji 8)" in text
