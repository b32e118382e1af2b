"""The tables of `benchmarks.reuse`."""

from benchmarks.reuse.run import ROWS
from benchmarks.shared.tables import mean_and_spread

ACCURACIES = ("accuracy_percent", "train_accuracy_percent")


def table(results):
    """Returns one table for each data set as Markdown.

    Args:
        results: what `rows.compare` returned.
    """
    tables = []
    for cell in dict.fromkeys(run["cell"] for run in results["runs"]):
        lines = [
            f"| {cell} | test accuracy, % | train accuracy, % | parameters | million multiply-adds "
            "| training, tera multiply-adds | orderings |",
            "|---|---:|---:|---:|---:|---:|---|",
        ]
        done = {run["row"] for run in results["runs"] if run["cell"] == cell}
        for row in (row for row in ROWS if row in done):
            own = [run for run in results["runs"] if (run["cell"], run["row"]) == (cell, row)]
            accuracies = [mean_and_spread([run[key] for run in own]) for key in ACCURACIES]
            cost = f"{own[0]['parameters']:,} | {own[0]['macs'] / 1e6:.2f} | {own[0]['training_teramacs']:.2f}"
            orderings = ", ".join(dict.fromkeys("".join(map(str, run["ordering"])) for run in own))
            lines.append(f"| {row} | {' | '.join(accuracies)} | {cost} | {orderings} |")
        tables.append("\n".join(lines))
    return "\n\n".join(tables)
