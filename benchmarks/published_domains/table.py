"""The tables of `benchmarks.published_domains`."""

import numpy as np

from benchmarks.published_domains import gradients, orders
from benchmarks.shared.tables import markdown, mean_and_spread

ROWS = (
    orders.POOLED,
    orders.DEPTH,
    gradients.TENT,
    orders.INFORMATION,
    orders.KEPT,
    orders.HEADS,
    orders.COMMITTEE,
    orders.LEFT_OUT,
    orders.SURE,
    orders.GUARDED,
    gradients.MIXED,
    gradients.BOTH,
    orders.ORACLE_ORDER,
    orders.ORACLE,
)
COMPARED = (
    *((row, orders.POOLED) for row in ROWS[1:]),
    (orders.INFORMATION, gradients.TENT),
    (orders.GUARDED, gradients.TENT),
    (orders.LEFT_OUT, gradients.TENT),
    (gradients.MIXED, gradients.TENT),
    (gradients.BOTH, gradients.TENT),
)


def table(results):
    """Returns accuracies by row and target for each set, what rows gain, and what judges know, as Markdown tables.

    Args:
        results: what `rows.compare` returned.
    """
    runs, targets = results["runs"], results["setting"]["targets"]
    measured = {name: _accuracies(runs, name, own) for name, own in targets.items()}
    tables = [_set_table(name, own, measured[name]) for name, own in targets.items()]
    return "\n\n".join([*tables, _gains(measured), _correlations(runs, targets), _notes(results)])


def _accuracies(runs, name, targets):
    """Returns `{row: accuracies in percent (seeds, targets)}` of the rows that were run for a set."""
    own = {(run["seed"], run["target"]): run["rows"] for run in runs if run["set"] == name}
    seeds = sorted({seed for seed, _ in own})
    return {
        row: np.array([[own[seed, target][row]["accuracy_percent"] for target in targets] for seed in seeds])
        for row in ROWS
        if all(row in rows for rows in own.values())
    }


def _set_table(name, targets, measured):
    rows = [[row, *_cells([*values.T, values.mean(1)])] for row, values in measured.items()]
    return markdown([f"{name}; accuracy, %", *targets, "mean"], rows)


def _cells(columns):
    return [mean_and_spread(list(column)) for column in columns]


def _gains(measured):
    """Returns the table of differences, taken seed by seed of the means over the targets, and over all targets."""
    rows = []
    for row, other in COMPARED:
        each = [own[row] - own[other] if row in own else None for own in measured.values()]
        columns = [None if own is None else own.mean(1) for own in each]
        columns.append(None if any(own is None for own in each) else np.concatenate(each, axis=1).mean(1))
        cells = ["not run" if own is None else mean_and_spread(list(own)) for own in columns]
        rows.append([f"{row}, minus {other}", *cells])
    return markdown(["points, mean over the targets", *measured, "all targets"], rows)


def _correlations(runs, targets):
    rows = []
    for judge in orders.JUDGES:
        columns = []
        for name, own in targets.items():
            for target in own:
                columns.append([r["correlations"][judge] for r in runs if (r["set"], r["target"]) == (name, target)])
        rows.append([judge.removeprefix("order only, "), *_cells([*columns, np.mean(columns, axis=0)])])
    header = ["rank correlation with accuracy", *(target for own in targets.values() for target in own), "mean"]
    return markdown(header, rows)


def _notes(results):
    setting, training = results["setting"], results["setting"]["training"]
    passes = "one pass" if training["epochs"] == 1 else f"{training['epochs']} passes"
    return (
        f"At most {setting['images']} images of each source, with labels, and of the target, without; at most "
        f"{setting['test_images']} others of the target to test on, the same for all seeds; {setting['image_size']} "
        f"pixels. {results['runs'][0]['orders']} orders. Norms and mixed orders train for {passes} in batches of "
        f"{training['batch_size']} at a rate of {training['learning_rate']:g}."
    )
