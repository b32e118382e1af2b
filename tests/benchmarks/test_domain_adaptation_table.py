import numpy as np

from benchmarks.domain_adaptation import methods
from benchmarks.domain_adaptation.table import ROWS, SINGLE_BEST, SINGLE_MEAN, accuracies, table


def stored(gain):
    """Runs of two seeds in which the ordering gains so many points over the pooled network."""
    runs = []
    for seed in (0, 1):
        for target in ("amazon", "dslr", "webcam"):
            base = {"set": "office31", "domain": target, "seed": seed}
            rows = {row: {"accuracy_percent": 50.0 + seed, "seconds": 1.0} for row in ROWS}
            rows[methods.ORDERING] = {"accuracy_percent": 50.0 + seed + gain, "seconds": 2.0}
            del rows[SINGLE_MEAN], rows[SINGLE_BEST]
            runs.append(base | {"kind": "pooled", "rows": rows})
            others = {"amazon", "dslr", "webcam"} - {target}
            single = {other: {"accuracy_percent": len(target), "seconds": 1.0} for other in others}
            runs.append(base | {"kind": "single", "rows": single})
    return {"setting": {"targets": {"office31": ["amazon", "dslr", "webcam"]}}, "runs": runs}


def test_the_best_single_source_is_chosen_for_each_target():
    values = accuracies(stored(0)["runs"], "office31", ["amazon", "dslr", "webcam"])
    np.testing.assert_allclose(values[SINGLE_MEAN], [[5, 6, 5]] * 2)
    np.testing.assert_allclose(values[SINGLE_BEST], [[6, 6, 6]] * 2)


def test_differences_are_taken_seed_by_seed_and_keep_their_sign():
    lines = table(stored(-2)).splitlines()
    loss = next(line for line in lines if line.startswith(f"| {methods.ORDERING}, minus {methods.POOLED} "))
    assert loss.endswith("| -2.00 ± 0.00 |")
    mean = next(line for line in lines if line.startswith(f"| {methods.POOLED} |"))
    assert mean.endswith("| 50.50 ± 0.71 |")


def test_a_row_that_was_left_out_is_in_no_table():
    results = stored(1)
    for run in results["runs"]:
        run["rows"].pop(methods.DANN, None)
    lines = table(results).splitlines()
    assert lines == [line for line in table(stored(1)).splitlines() if methods.DANN not in line]


def test_what_was_left_out_of_some_runs_is_said():
    results = stored(1)
    del results["runs"][0]["rows"][methods.DANN]
    lines = [line for line in table(results).splitlines() if methods.DANN in line]
    # No set has a mean that the difference could be taken of.
    assert lines == [f"| {methods.DANN} | not run | 50.50 ± 0.71 | 50.50 ± 0.71 | not run |"]
