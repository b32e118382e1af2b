"""The tables of `benchmarks.domain_adaptation`."""

import numpy as np

from benchmarks.domain_adaptation import methods
from benchmarks.domain_adaptation.data import SETS
from benchmarks.shared.tables import mean_and_spread

SINGLE_MEAN = "one source, mean over the sources"
SINGLE_BEST = "oracle: one source, the best by the target's labels"
ROWS = (
    methods.PLAIN,
    methods.SCRATCH,
    methods.POOLED,
    SINGLE_MEAN,
    SINGLE_BEST,
    methods.STATISTICS,
    methods.TENT,
    methods.SHOT,
    methods.DANN,
    methods.SEPARATE,
    methods.SEPARATE_STATISTICS,
    methods.SEPARATE_TENT,
    methods.SEPARATE_HARD,
    methods.MIXTURE,
    methods.TRAVEL_STATISTICS,
    methods.ORDERING,
    methods.ORDERING_NORM,
    methods.ORACLE_ORDERING,
    methods.ORACLE_TUNING,
)
DIFFERENCES = (
    (methods.SEPARATE_HARD, methods.POOLED),
    (methods.SEPARATE_HARD, methods.STATISTICS),
    (methods.SEPARATE_HARD, methods.TENT),
    (methods.SEPARATE_HARD, methods.SEPARATE_STATISTICS),
    (methods.SEPARATE_HARD, methods.SEPARATE_TENT),
    (methods.MIXTURE, methods.POOLED),
    (methods.MIXTURE, methods.STATISTICS),
    (methods.MIXTURE, methods.TENT),
    (methods.MIXTURE, methods.SHOT),
    (methods.MIXTURE, methods.DANN),
    (methods.MIXTURE, methods.SEPARATE_STATISTICS),
    (methods.MIXTURE, methods.SEPARATE_TENT),
    (methods.MIXTURE, methods.SEPARATE_HARD),
    (methods.ORDERING, methods.POOLED),
    (methods.ORDERING, methods.STATISTICS),
    (methods.ORDERING, methods.TENT),
    (methods.ORDERING, methods.TRAVEL_STATISTICS),
    (methods.ORACLE_ORDERING, methods.ORDERING),
    (methods.POOLED, methods.PLAIN),
    (methods.POOLED, methods.SCRATCH),
)


def table(results):
    """Returns a table of accuracies by row and target for each set, then one of what rows gain, as Markdown.

    Args:
        results: what `rows.compare` returned.
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
        set_name: key of `data.SETS`.
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
