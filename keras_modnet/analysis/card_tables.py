"""The tables of a model card."""

from keras_modnet.presets.figures import format_latency, format_macs, format_result

SEVERAL_MEASURES = "mean ± std"
"""Heading of the results where tasks are measured in different ways."""


def markdown_table(rows):
    """Returns a table of rows `{heading: cell}`, each with all headings; a column without a single cell is left out."""
    headings = [heading for heading in rows[0] if any(row[heading] for row in rows)]
    lines = [headings, ["---"] * len(headings), *([_cell(row[heading]) for heading in headings] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text):
    # A bar or a new line would end the cell.
    return " ".join(text.replace("|", "\\|").split())


def task_order(card):
    """Returns the tasks of a card: those that it lists in their order, then others that it has facts of."""
    listed = list(card.get("tasks", []))
    named = {task for fact in ("measured", "macs", "latency_ms", "orderings") for task in card.get(fact, {})}
    return [*listed, *sorted(named - set(listed))]


def results_table(card):
    """Returns what was measured of each task: results over the seeds, multiply-adds, milliseconds."""
    measured = card.get("measured", {})
    result = _result_heading(measured)
    rows = []
    for task in task_order(card):
        row = measured.get(task, {})
        rows.append(
            {
                "task": task,
                "measure": row.get("metric", "") if result == SEVERAL_MEASURES else "",
                result: _result(row),
                "each seed": _each_seed(row),
                "shipped": _shipped(row),
                "test images": f"{row['test_images']:,}" if "test_images" in row else "",
                "million multiply-adds": _fact(card, "macs", task, format_macs),
                "ms an image, CPU": _fact(card, "latency_ms", task, format_latency),
            }
        )
    return markdown_table(rows)


def controls_table(card):
    """Returns the results of the preset and of its controls, task by task."""
    named = {"this preset": card["measured"], **card["controls"]}
    rows = [
        {"task": task, "run": name, _result_heading(card["measured"]): _result(tasks[task]), "each seed": seeds}
        for task in task_order(card)
        for name, tasks in named.items()
        if task in tasks
        for seeds in [_each_seed(tasks[task])]
    ]
    return markdown_table(rows)


def data_table(data, tasks):
    """Returns the data set of each task: `{task: a text, or {"name", "terms", "cite"}}`, in the order of `tasks`."""
    rows = {task: {"name": row} if isinstance(row, str) else row for task, row in data.items()}
    order = [*(task for task in tasks if task in rows), *(task for task in rows if task not in tasks)]
    headings = {"data set": "name", "terms": "terms", "cite": "cite"}
    return markdown_table(
        [{"task": task, **{heading: rows[task].get(key, "") for heading, key in headings.items()}} for task in order]
    )


def _result_heading(measured):
    metrics = {row["metric"] for row in measured.values()}
    if len(metrics) != 1:
        return SEVERAL_MEASURES
    (metric,) = metrics
    return f"{metric}{', %' if 'accuracy' in metric.lower() else ''} (mean ± std)"


def _result(row):
    return format_result(row["mean"], row.get("std")) if row else ""


def _each_seed(row):
    return ", ".join(format_result(value) for value in row.get("by_seed", []))


def _shipped(row):
    seeds = row.get("seeds")
    # The schema allows the number of seeds in place of the seeds.
    by_seed = dict(zip(seeds, row.get("by_seed", []), strict=False)) if isinstance(seeds, list) else {}
    shipped = row.get("shipped_seed")
    return format_result(by_seed[shipped]) if shipped in by_seed else ""


def _fact(card, fact, task, spelled):
    return spelled(card[fact][task]) if task in card.get(fact, {}) else ""
