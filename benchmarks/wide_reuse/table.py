"""The tables of `benchmarks.wide_reuse`."""

from benchmarks.shared.tables import markdown, mean_and_spread
from benchmarks.wide_reuse.rows import Row, network_rows
from keras_modnet.analysis import plot_accuracy_costs

ACCURACIES = {"accuracy_percent": "test accuracy, %", "train_accuracy_percent": "train accuracy, %"}
COSTS = ("parameters", "million multiply-adds", "training, tera multiply-adds")


def table(results):
    """Returns a table for each width, as Markdown.

    Args:
        results: what `rows.compare` returned.
    """
    runs = results["runs"]
    return "\n\n".join(_of_width(width, runs) for width in dict.fromkeys(run["width"] for run in runs))


def draw(results, path):
    """Draws accuracy against parameters and against multiply-adds.

    Args:
        results: what `rows.compare` returned.
        path: of the picture.
    """
    rows = []
    for (width, name), own in _grouped(results["runs"]).items():
        accuracy = sum(run["accuracy_percent"] for run in own) / len(own)
        costs = {key: own[0][key] for key in ("parameters", "macs")}
        rows.append({"name": f"{name}, width {width}", "accuracy": accuracy} | costs)
    plot_accuracy_costs(rows, path)


def _of_width(width, runs):
    rows = []
    for (own_width, name), own in _grouped(runs).items():
        if own_width == width:
            accuracies = [mean_and_spread([run[key] for run in own]) for key in ACCURACIES]
            cost = [f"{own[0]['parameters']:,}", f"{own[0]['macs'] / 1e6:.1f}", f"{own[0]['training_teramacs']:,.0f}"]
            rows.append([name, *accuracies, *cost])
    return markdown([f"width {width}", *ACCURACIES.values(), *COSTS], rows)


def _grouped(runs):
    """Returns `{(width, name of the row): runs}`, rows in their order."""
    order = [row.name for row in network_rows()]
    named = {}
    for run in runs:
        fields = {key: run[key] for key in ("blocks", "runs", "grown", "longer")}
        named.setdefault((run["width"], Row(**fields).name), []).append(run)
    return dict(sorted(named.items(), key=lambda item: (item[0][0], order.index(item[0][1]))))
