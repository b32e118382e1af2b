from benchmarks.published_domains import gradients, orders
from benchmarks.published_domains.table import ROWS, table

TARGETS = {"pacs": ["cartoon", "sketch"], "office31": ["dslr"]}


def stored(gain):
    """Runs of two seeds in which one row gains points over the others, on one target."""
    runs = []
    for seed in (0, 1):
        for name, targets in TARGETS.items():
            for target in targets:
                rows = {row: {"accuracy_percent": 50.0 + seed} for row in ROWS}
                rows[orders.LEFT_OUT] = {"accuracy_percent": 50.0 + seed + gain * (target == "sketch") * (1 + seed)}
                run = {"set": name, "target": target, "seed": seed, "rows": rows, "orders": 35}
                runs.append(run | {"correlations": dict.fromkeys(orders.JUDGES, 0.25 + 0.5 * seed)})
    training = {"epochs": 1, "batch_size": 10, "learning_rate": 1e-3}
    setting = {"targets": TARGETS, "images": 5, "test_images": 7, "image_size": 98, "training": training}
    return {"setting": setting, "runs": runs}


def test_gains_are_taken_seed_by_seed_and_over_all_targets_of_all_sets():
    lines = table(stored(3.0)).splitlines()
    gain = next(line for line in lines if line.startswith(f"| {orders.LEFT_OUT}, minus {orders.POOLED} "))
    # 3 and 6 points on one of two targets of one set, on one of three in all.
    assert gain.endswith("| 2.25 ± 1.06 | 0.00 ± 0.00 | 1.50 ± 0.71 |")


def test_what_a_judge_knows_is_in_a_column_for_each_target():
    lines = table(stored(0.0)).splitlines()
    line = next(line for line in lines if line.startswith("| by sources left out "))
    assert line.count("0.50 ± 0.35") == 4


def test_a_row_that_was_not_run_for_a_set_is_in_the_table_of_the_other_alone():
    results = stored(0.0)
    for run in results["runs"]:
        if run["set"] == "office31":
            del run["rows"][gradients.MIXED]
    lines = [line for line in table(results).splitlines() if line.startswith(f"| {gradients.MIXED}")]
    assert len(lines) == 3
    assert lines[1].endswith(f"minus {orders.POOLED} | 0.00 ± 0.00 | not run | not run |")
