"""The tables and the picture of `benchmarks.speed`."""

from benchmarks.shared.tables import origin
from benchmarks.speed.figures import promises_table
from benchmarks.speed.sections import SECTIONS, section

__all__ = ["draw", "origin", "table"]


def table(results):
    """Returns what was promised beside what was measured, and a table for each section, as Markdown.

    Args:
        results: what `rows.compare` returned.
    """
    parts, kept = [], []
    for name, title in SECTIONS.items():
        runs = _runs(results, name)
        if runs:
            kept += section(name).promises(runs)
            parts.append(f"### {title}\n\n{section(name).table(runs)}")
    return "\n\n".join([promises_table(kept), *parts])


def draw(results, path):
    """Draws how cost grows, where that was measured.

    Args:
        results: what `rows.compare` returned.
        path: file to write.
    """
    runs = _runs(results, "growth")
    if runs:
        section("growth").draw(runs, path)


def _runs(results, name):
    return [run for run in results["runs"] if run["section"] == name]
