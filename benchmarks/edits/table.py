"""The table of `benchmarks.edits`."""

from benchmarks.edits.run import OWN
from benchmarks.shared.tables import mean_and_spread


def table(results):
    """Returns the table as Markdown.

    Args:
        results: what `rows.compare` returned.
    """
    lines = [
        "| task | test accuracy before, % | statistics gathered anew (control) | best edit, statistics gathered anew "
        "| gain over the control | edits chosen |",
        "|---|---:|---:|---:|---:|---|",
    ]
    runs = results["runs"]
    for case, task in dict.fromkeys((run["case"], run["task"]) for run in runs):
        own = [run for run in runs if (run["case"], run["task"]) == (case, task)]
        name = f"{task}, {case}" if case == OWN else case.format(task)
        cells = [mean_and_spread([run[key] for run in own]) for key in ("test_before", "test_refreshed", "test_after")]
        gain = mean_and_spread([run["test_after"] - run["test_refreshed"] for run in own])
        edits = ", ".join(run["edit"] for run in own)
        lines.append(f"| {name} | {' | '.join(cells)} | {gain} | {edits} |")
    return "\n".join(lines)
