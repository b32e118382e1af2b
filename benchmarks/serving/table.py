"""The tables of `benchmarks.serving`."""

from benchmarks.serving.requests import TASK
from benchmarks.serving.sizes import KERAS, OWN
from benchmarks.shared.tables import markdown, origin, ratio

__all__ = ["origin", "table"]


def table(results):
    """Returns sizes and rates as two Markdown tables.

    Args:
        results: what `rows.compare` returned.
    """
    sizes = [run for run in results["runs"] if "exports" in run]
    requests = [run for run in results["runs"] if "times" in run]
    return f"{_sizes(sizes)}\n\n{_requests(requests)}"


def _sizes(runs):
    header = ["network", "tasks", "parameters, MB", "one SavedModel, MB", "as many exports of Keras's, MB"]
    header += ["export, s", "of Keras's, s", "load, s", "of Keras's, s", "first request, s", "warm, ms"]
    rows = []
    for run in runs:
        own, keras, count = run["exports"][OWN], run["exports"][KERAS], run["num_tasks"]
        rows.append(
            [
                run["network"],
                str(count),
                f"{run['parameter_bytes'] / 1e6:.2f}",
                f"{own['bytes'] / 1e6:.2f}",
                f"{count * keras['bytes'] / 1e6:.2f}",
                *(f"{value:.1f}" for value in (own["export"], count * keras["export"])),
                *(f"{value:.2f}" for value in (own["load"], count * keras["load"], own["first"])),
                f"{1000 * own['second']:.1f}",
            ]
        )
    return markdown(header, rows)


def _requests(runs):
    header = ["network", "images a batch", "asked", "images a second", "time, by that of one task (middle half)"]
    rows = [
        [run["network"], size, name, f"{int(size) / times['median']:,.0f}", "" if name == TASK else ratio(times)]
        for run in runs
        for size, by_name in run["times"].items()
        for name, times in by_name.items()
    ]
    return markdown(header, rows)
