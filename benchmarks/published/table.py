"""The table of `benchmarks.published`."""

from benchmarks.shared import tables


def table(results):
    """Returns differences and images a second as a Markdown table.

    Args:
        results: what `rows.compare` returned.
    """
    header = ["run as", "backend", "largest difference, class token", "patches", "over the largest feature"]
    header += ["images a second", "time over ONNX Runtime's (middle half of the rounds)"]
    return tables.markdown(header, [_row(run, way) for run in results["runs"] for way in run["rows"]])


def _row(run, way):
    difference, times = run["differences"].get(way), run["times"][way]
    figures = ["", "", ""]
    if difference is not None:
        largest = max(difference.values())
        figures = [f"{difference['class_token']:.1e}", f"{difference['patches']:.1e}"]
        figures.append(f"{largest / run['largest_feature']:.1e}")
    speed = f"{run['batch_size'] / times['median']:.2f}"
    return [way, run["backend"], *figures, speed, tables.ratio(times) if difference is not None else ""]


def origin(results):
    """Returns where the figures come from, with the versions of the libraries that stand beside Keras.

    Args:
        results: what `rows.compare` returned.
    """
    libraries = ", ".join(f"{name} {version}" for name, version in results["runs"][0]["libraries"].items())
    return f"{tables.origin(results)} Beside them {libraries}."
