"""The tables and the picture of `benchmarks.organisation`."""

from benchmarks.organisation.data import GROUPS
from benchmarks.organisation.run import orderings_of
from benchmarks.shared.tables import mean_and_spread
from keras_modnet.analysis import plot_organisation


def draw(results, path):
    """Draws the orderings, their similarity and chance.

    Args:
        results: what `rows.compare` returned.
        path: file to write.
    """
    runs = results["runs"]
    groups = {name: [task for task in tasks if task in runs[0]["orderings"]] for name, tasks in GROUPS.items()}
    plot_organisation([orderings_of(run) for run in runs], {name: own for name, own in groups.items() if own}, path)


def table(results):
    """Returns the tables of similarity and of accuracy as Markdown.

    Args:
        results: what `rows.compare` returned.
    """
    lines = [
        "| similarity of orderings | related tasks | unrelated tasks | difference | p, tasks grouped at random |",
        "|---|---:|---:|---:|---:|",
    ]
    for similarity, test in results["tests"].items():
        means = " | ".join(f"{100 * test[key]:.1f} %" for key in ("related", "unrelated", "difference"))
        lines.append(f"| {similarity} | {means} | {test['p_value']:.4f} |")
    tasks = list(results["runs"][0]["orderings"])
    accuracies = [mean_and_spread([run["accuracy_percent"][task] for run in results["runs"]]) for task in tasks]
    lines += ["", f"| | {' | '.join(tasks)} |", "|---|" + "---:|" * len(tasks)]
    lines.append(f"| test accuracy, % | {' | '.join(accuracies)} |")
    for run in results["runs"]:
        own = ["".join(map(str, run["orderings"][task])) for task in tasks]
        lines.append(f"| ordering, seed {run['seed']} | {' | '.join(own)} |")
    return "\n".join(lines)
