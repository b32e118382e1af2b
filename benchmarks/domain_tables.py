"""Tables of `benchmarks.domain_adaptation`."""

import numpy as np

from benchmarks import domain_methods as rows
from benchmarks.domain_sets import SETS
from benchmarks.tables import mean_and_spread

SINGLE_MEAN = "one source, mean over the sources"
SINGLE_BEST = "oracle: one source, the best by the target's labels"
ROWS = (
    rows.PLAIN,
    rows.SCRATCH,
    rows.POOLED,
    SINGLE_MEAN,
    SINGLE_BEST,
    rows.STATISTICS,
    rows.TENT,
    rows.SHOT,
    rows.DANN,
    rows.SEPARATE,
    rows.SEPARATE_STATISTICS,
    rows.SEPARATE_TENT,
    rows.SEPARATE_HARD,
    rows.MIXTURE,
    rows.TRAVEL_STATISTICS,
    rows.ORDERING,
    rows.ORDERING_NORM,
    rows.ORACLE_ORDERING,
    rows.ORACLE_TUNING,
)
DIFFERENCES = (
    (rows.SEPARATE_HARD, rows.POOLED),
    (rows.SEPARATE_HARD, rows.STATISTICS),
    (rows.SEPARATE_HARD, rows.TENT),
    (rows.SEPARATE_HARD, rows.SEPARATE_STATISTICS),
    (rows.SEPARATE_HARD, rows.SEPARATE_TENT),
    (rows.MIXTURE, rows.POOLED),
    (rows.MIXTURE, rows.STATISTICS),
    (rows.MIXTURE, rows.TENT),
    (rows.MIXTURE, rows.SHOT),
    (rows.MIXTURE, rows.DANN),
    (rows.MIXTURE, rows.SEPARATE_STATISTICS),
    (rows.MIXTURE, rows.SEPARATE_TENT),
    (rows.MIXTURE, rows.SEPARATE_HARD),
    (rows.ORDERING, rows.POOLED),
    (rows.ORDERING, rows.STATISTICS),
    (rows.ORDERING, rows.TENT),
    (rows.ORDERING, rows.TRAVEL_STATISTICS),
    (rows.ORACLE_ORDERING, rows.ORDERING),
    (rows.POOLED, rows.PLAIN),
    (rows.POOLED, rows.SCRATCH),
)


def domain_tables(results):
    """Returns a table of accuracies for each set, then one of differences, as Markdown.

    Args:
        results: what `benchmarks.domain_adaptation_rows.compare` returned.
    """
    targets = results["setting"]["targets"]
    measured = {name: accuracies(results["runs"], name, own) for name, own in targets.items()}
    lines = []
    for name, own in targets.items():
        lines += [*_set_table(name, own, measured[name]), ""]
    lines += [f"| points, mean over the targets | {' | '.join(targets)} |", "|---|" + "---:|" * len(targets)]
    for row, other in DIFFERENCES:
        differences = [measured[name][row].mean(1) - measured[name][other].mean(1) for name in targets]
        lines += _line(f"{row}, minus {other}", differences)
    return "\n".join(lines)


def accuracies(runs, set_name, targets):
    """Returns `{row: accuracies in percent (seeds, targets)}` of a set.

    Args:
        runs: stored runs.
        set_name: key of `domain_sets.SETS`.
        targets: domains that were left out.
    """
    own = [run for run in runs if run["set"] == set_name]
    seeds = sorted({run["seed"] for run in own})
    values = {row: np.full((len(seeds), len(targets)), np.nan) for row in ROWS}
    for run in own:
        seed = seeds.index(run["seed"])
        if run["kind"] != "single":
            for row, noted in run["rows"].items():
                values[row][seed, targets.index(run["domain"])] = noted["accuracy_percent"]
    for seed, column in np.ndindex(len(seeds), len(targets)):
        singles = _single(own, seeds[seed], targets[column])
        values[SINGLE_MEAN][seed, column], values[SINGLE_BEST][seed, column] = np.mean(singles), np.max(singles)
    return values


def _single(runs, seed, target):
    own = [run["rows"] for run in runs if (run["kind"], run["seed"]) == ("single", seed)]
    return [rows[target]["accuracy_percent"] for rows in own if target in rows]


def _set_table(name, targets, measured):
    image = " x ".join(map(str, SETS[name].image_shape[:2]))
    lines = [
        f"| {name}, {image} pixels; accuracy, % | {' | '.join(targets)} | mean |",
        "|---|" + "---:|" * (len(targets) + 1),
    ]
    for row in ROWS:
        values = measured[row]
        lines += _line(row, [*values.T, values.mean(1)])
    return lines


def _line(name, columns):
    """Returns a line of a table in a list; none of a row that was left out, for the library that it needs."""
    run = [not np.isnan(column).any() for column in columns]
    if not any(run):
        return []
    cells = [mean_and_spread(list(own)) if was_run else "not run" for own, was_run in zip(columns, run, strict=True)]
    return [f"| {name} | {' | '.join(cells)} |"]
