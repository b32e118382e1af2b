"""The table of `benchmarks.conversion`."""

from benchmarks.conversion.run import OTHER_SIZE, STATIC, TORCH, TRANSFORMERS
from benchmarks.shared.tables import markdown, milliseconds, origin, ratio

__all__ = ["origin", "table"]


def table(results):
    """Returns parameters, differences and times as a Markdown table.

    Args:
        results: what `rows.compare` returned.
    """
    header = ["network", "backend", "parameters, millions", "largest logit", "largest difference from torch"]
    # Of vision transformers alone the tensors depend on the size of the images.
    resized = any("other_difference" in run for run in results["runs"])
    header += [f"at {OTHER_SIZE} x {OTHER_SIZE}"] if resized else []
    header += ["`convert`, s", "`from_checkpoint`, s", "ms an image", "in torch", "ratio (middle half of the rounds)"]
    return markdown(header, [_row(run, resized) for run in results["runs"]])


def _row(run, resized):
    times, backend = run["times"], run["backend"]
    name = f"{run['network']}, names of transformers" if run.get("layout") == TRANSFORMERS else run["network"]
    in_torch = milliseconds(times[TORCH]["median"]) if TORCH in times else ""
    figures = [f"{run['parameters'] / 1e6:.1f}", f"{run['largest_logit']:.2f}", _difference(run, "difference")]
    figures += [_difference(run, "other_difference")] if resized else []
    figures += [f"{run['to_convert']:.1f}", f"{run['to_model']:.1f}"]
    return [name, backend, *figures, milliseconds(times[STATIC]["median"]), in_torch, ratio(times[STATIC])]


def _difference(run, name):
    return f"{run[name]:.1e}" if name in run else ""
