"""How figures of `benchmarks.speed` are written: times, and promises beside what was measured."""

import dataclasses

from benchmarks.shared.tables import markdown, milliseconds, ratio

# What stands in the cells of `times`.
TIMES_HEADER = ("fastest, ms", "median, ms", "ratio (middle half of the rounds)")


@dataclasses.dataclass(frozen=True)
class Promise:
    """A figure that was promised, beside the one that was measured.

    Attributes:
        text: what is promised, with the bound.
        figure: what was measured, with its spread.
        holds: whether it is kept.
    """

    text: str
    figure: str
    holds: bool


def promise(text, summary, bound):
    """Returns the `Promise` that a ratio stays within a bound.

    Args:
        text: what is promised; the bound is added.
        summary: one of `timing.summary`, with a ratio.
        bound: the largest ratio that keeps it.
    """
    return Promise(f"{text}: at most {bound:.2f}", ratio(summary), summary["ratio"] <= bound)


def promises_table(promises):
    """Returns the table of promises as Markdown."""
    rows = [[own.text, own.figure, "yes" if own.holds else "**no**"] for own in promises]
    return markdown(["what was promised", "measured", "kept"], rows)


def times(summary):
    """Returns the cells of one function's times, as `TIMES_HEADER` says."""
    return [milliseconds(summary["minimum"]), milliseconds(summary["median"]), ratio(summary)]
