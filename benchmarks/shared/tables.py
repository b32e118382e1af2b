"""Tables from results, as Markdown, and what stands in their cells."""

import numpy as np


def mean_and_spread(values):
    """Returns "mean ± standard deviation" with two decimals; of one value the value alone."""
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}"


def markdown(header, rows):
    """Returns a Markdown table; the first column is text, the others are numbers.

    Args:
        header: names of the columns.
        rows: lists of texts.
    """
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def ratio(summary):
    """Returns a ratio with the range of the middle half of the rounds; nothing where nothing was compared.

    Args:
        summary: one of `timing.summary`.
    """
    if "ratio" not in summary:
        return ""
    return f"{summary['ratio']:.2f} ({summary['ratio_low']:.2f} to {summary['ratio_high']:.2f})"


def milliseconds(seconds):
    """Returns seconds as milliseconds, three digits."""
    return f"{1000 * seconds:.3g}" if seconds < 1 else f"{1000 * seconds:,.0f}"


def origin(results):
    """Returns where times come from: command, machines, versions, and how busy others kept the processors.

    Args:
        results: what a benchmark stored whose jobs were run by `processes.run_one_by_one`.
    """
    machines = "; ".join(
        f"{machine['backend']} {machine['versions'][machine['backend']]}, Keras {machine['versions']['keras']}, "
        f"{machine['cpu_count']} CPU cores ({machine['processor']}, {machine['cpu_model']}), computing on "
        f"{machine['device']}"
        for machine in results["machines"]
    )
    others = [run["load"]["others"] for run in results["runs"]]
    load = f"other processes used {100 * min(others):.0f} to {100 * max(others):.0f} % of the processors"
    left_out = "".join(f" {line[0].upper()}{line[1:]}." for line in results["setting"]["left_out"])
    return f"`{results['command']}`; {machines}; {load}.{left_out}"
