"""The table of `benchmarks.formats`."""

from benchmarks.formats.run import NETWORK
from benchmarks.shared.tables import markdown, mean_and_spread


def table(results):
    """Returns accuracies, sizes and differences as a Markdown table.

    Args:
        results: what `rows.compare` returned.
    """
    header = ["task", "test images", "as", "kB", "largest difference of a logit, by the largest logit"]
    header += ["test accuracy, % (mean ± std over draws of images)", "change in accuracy"]
    rows = []
    for task in dict.fromkeys(run["task"] for run in results["runs"]):
        runs = [run for run in results["runs"] if run["task"] == task]
        before = [run["accuracy"][NETWORK] for run in runs]
        where = [f"{runs[0]['preset']}, {task}", f"{runs[0]['test_images']:,}"]
        rows.append([*where, NETWORK, "", "", f"{before[0]:.2f}", ""])
        for name in runs[0]["bytes"]:
            after = [run["accuracy"][name] for run in runs]
            rows.append(
                [
                    *where,
                    name,
                    f"{runs[0]['bytes'][name] / 1000:.0f}",
                    f"{max(run['difference'][name] for run in runs):.1g}",
                    mean_and_spread(after),
                    mean_and_spread([a - b for a, b in zip(after, before, strict=True)]),
                ]
            )
    return markdown(header, rows)
