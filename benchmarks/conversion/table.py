"""The table of `benchmarks.conversion`."""

from benchmarks.conversion.run import STATIC, TORCH
from benchmarks.shared.tables import markdown, milliseconds, origin, ratio

__all__ = ["origin", "table"]


def table(results):
    """Returns parameters, differences and times as a Markdown table.

    Args:
        results: what `rows.compare` returned.
    """
    header = ["network", "backend", "parameters, millions", "largest logit", "largest difference from torch"]
    header += ["`convert`, s", "`from_checkpoint`, s", "ms an image", "in torch", "ratio (middle half of the rounds)"]
    return markdown(header, [_row(run) for run in results["runs"]])


def _row(run):
    times, backend = run["times"], run["backend"]
    difference = f"{run['difference']:.1e}" if "difference" in run else ""
    in_torch = milliseconds(times[TORCH]["median"]) if TORCH in times else ""
    figures = [f"{run['parameters'] / 1e6:.1f}", f"{run['largest_logit']:.2f}", difference]
    figures += [f"{run['to_convert']:.1f}", f"{run['to_model']:.1f}"]
    return [run["network"], backend, *figures, milliseconds(times[STATIC]["median"]), in_torch, ratio(times[STATIC])]
