"""The table of `benchmarks.search`."""

from benchmarks.shared.tables import mean_and_spread

GAPS = ("gap_at_search_end", "gap_at_end")


def table(results):
    """Returns the table as Markdown.

    Args:
        results: what `rows.compare` returned.
    """
    lines = [
        "| search | test accuracy, % | soft-hard gap where the search ends, points | at the end | orderings |",
        "|---|---:|---:|---:|---|",
    ]
    for row in dict.fromkeys(run["row"] for run in results["runs"]):
        own = [run for run in results["runs"] if run["row"] == row]
        cells = [mean_and_spread([run[key] for run in own]) for key in ("accuracy_percent", *GAPS)]
        orderings = ", ".join("".join(map(str, run["ordering"])) for run in own)
        lines.append(f"| {row} | {' | '.join(cells)} | {orderings} |")
    return "\n".join(lines)
