"""The tables of `benchmarks.multitask`."""

import numpy as np

from benchmarks.multitask.run import INDEPENDENT, ROWS
from benchmarks.shared.tables import mean_and_spread


def table(results):
    """Returns the tables of accuracies and of relative gains as Markdown.

    Args:
        results: what `rows.compare` returned.
    """
    tasks = list(results["setting"]["data"])
    by_row = {row: by_seed(results, row) for row in ROWS}
    total = sum_parameters(results, INDEPENDENT)
    lines = [
        f"| test accuracy, % | {' | '.join(tasks)} | mean | parameters | share of independent |",
        "|---|" + "---:|" * (len(tasks) + 3),
    ]
    for row, accuracies in by_row.items():
        cells = [mean_and_spread([own[task] for own in accuracies]) for task in tasks]
        mean = mean_and_spread([np.mean([own[task] for task in tasks]) for own in accuracies])
        parameters = sum_parameters(results, row)
        lines.append(f"| {row} | {' | '.join(cells)} | {mean} | {parameters:,} | {100 * parameters / total:.1f} % |")
    lines += ["", f"| gain over independent, % of its error | {' | '.join(tasks)} |", "|---|" + "---:|" * len(tasks)]
    for row in ROWS[1:]:
        pairs = list(zip(by_row[row], by_row[INDEPENDENT], strict=True))
        gains = [
            mean_and_spread([100 * (own[task] - alone[task]) / (100 - alone[task]) for own, alone in pairs])
            for task in tasks
        ]
        lines.append(f"| {row} | {' | '.join(gains)} |")
    return "\n".join(lines)


def by_seed(results, row):
    """Returns `[{task: accuracy in percent}]` of a row, one for each seed in order."""
    merged = {}
    for run in results["runs"]:
        if run["row"] == row:
            merged.setdefault(run["seed"], {}).update(run["accuracy_percent"])
    return [merged[seed] for seed in sorted(merged)]


def sum_parameters(results, row):
    """Returns the parameters of a row's networks of one seed together."""
    runs = [run for run in results["runs"] if run["row"] == row]
    return sum(run["parameters"] for run in runs if run["seed"] == runs[0]["seed"])
