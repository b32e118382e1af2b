"""The table of `benchmarks.sources`."""

from benchmarks.shared.tables import mean_and_spread


def table(results):
    """Returns accuracy from each source with each method as a Markdown table.

    Args:
        results: what `rows.compare` returned.
    """
    runs = results["runs"]
    methods = list(dict.fromkeys(run["method"] for run in runs))
    lines = [f"| started from | {' | '.join(methods)} |", "|---|" + "---:|" * len(methods)]
    for source in dict.fromkeys(run["source"] for run in runs):
        own = [run for run in runs if run["source"] == source]
        accuracies = [[run["accuracy_percent"] for run in own if run["method"] == method] for method in methods]
        lines.append(f"| {source} | {' | '.join(map(mean_and_spread, accuracies))} |")
    return "\n".join(lines)
