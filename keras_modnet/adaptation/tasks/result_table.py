"""The result of an adaptation as a short table."""

BYTES = 4
"""Bytes of a parameter in a task file."""


def result_lines(result):
    """Returns the lines of the table of an `AdaptationResult`: task, way, images, size, time, then its classes."""
    table, share = result.trainable, 100 * result.trained_parameters / max(result.trainable.total, 1)
    rows = {
        "task": result.task,
        "trained": ", ".join(result.parts),
        "ordering": _ordering(result),
        "images": _images(result),
        "accuracy": _accuracy(result),
        "trained parameters": f"{result.trained_parameters:,} of {table.total:,} ({share:.2f} %)",
        "owned by the task": f"{result.own_parameters:,} parameters, {BYTES * result.own_parameters:,} bytes",
        "seconds": f"{result.seconds:,.1f}",
    }
    lines = [f"{name:<18}  {text}" for name, text in rows.items() if text]
    if result.by_class is None:
        return lines
    counts = result.train_counts
    beside = None if counts is None else {"trained on": {name: f"{count:,}" for name, count in counts.items()}}
    return [*lines, "", *result.by_class.lines(beside)]


def _ordering(result):
    after = result.ordering_after
    blocks = "a mixture" if after.mixed else " ".join(map(str, after.blocks))
    return f"{blocks} ({'as it was' if after == result.ordering_before else 'another one than before'})"


def _images(result):
    counts = result.train_counts
    trained = "a dataset" if counts is None else f"{sum(counts.values()):,} of {len(counts)} classes"
    return trained if result.by_class is None else f"{trained}, and {result.by_class.num_images:,} held out"


def _accuracy(result):
    if result.by_class is not None:
        return f"{100 * result.by_class.accuracy:.1f} % of the images held out"
    logged = result.history.get("accuracy")
    return f"{100 * logged[-1]:.1f} % of the training images, in the last epoch" if logged else ""
