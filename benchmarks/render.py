"""Writes the tables of README.md, SECURITY.md and benchmarks/RESULTS.md from the stored results.

Example:
    python -m benchmarks.render
"""

import importlib
import json
import pathlib
import re

import keras_modnet
from benchmarks.shared.script import RESULTS
from keras_modnet.presets.figures import format_latency, format_macs, format_result

ROOT = pathlib.Path(__file__).parent.parent
# Benchmarks whose tables are in README.md, and those of SECURITY.md and RESULTS.md, which say where they come from.
IN_README = ("demo", "sources")
IN_SECURITY = ("hostile_files",)
IN_RESULTS = (
    "search",
    "reuse",
    "multitask",
    "organisation",
    "edits",
    "transfer",
    "transfer_few",
    "domain_adaptation",
    "conversion",
    "conversion_transformers",
    "published",
    "published_transfer",
    "published_transfer_ways",
    "published_transfer_few",
    "published_domains",
    "interruptions",
    "scale",
    "serving",
    "formats",
    "speed",
    "speed_tasks",
    "speed_frozen",
)
# Stored results of a part of a benchmark, measured apart from the others.
PART_OF = {
    "transfer_few": "transfer",
    "conversion_transformers": "conversion",
    "published_transfer_ways": "published_transfer",
    "published_transfer_few": "published_transfer",
    "speed_tasks": "speed",
    "speed_frozen": "speed",
}


def rendered_documents():
    """Returns `{file: {marker: Markdown}}` of all tables."""
    readme = {name: _module(name).table(_stored(name)) for name in IN_README}
    readme["presets"] = preset_table(keras_modnet.list_presets())
    results = {name: with_origin(_module(name), _stored(name)) for name in IN_RESULTS}
    security = {name: with_origin(_module(name), _stored(name)) for name in IN_SECURITY}
    return {
        ROOT / "README.md": readme,
        ROOT / "SECURITY.md": security,
        ROOT / "benchmarks" / "RESULTS.md": results,
    }


def _module(name):
    return importlib.import_module(f"benchmarks.{PART_OF.get(name, name)}.table")


def _stored(name):
    return json.loads((RESULTS / f"{name}.json").read_text())


def with_origin(module, results):
    """Returns the table of a benchmark and a line that says where it comes from.

    Args:
        module: its `table`; one that is not measured over seeds has `origin(results)` and says it itself.
        results: what it stored.
    """
    origin = module.origin(results) if hasattr(module, "origin") else _origin(results)
    return f"{module.table(results)}\n\n{origin}"


def _origin(results):
    seeds = sorted({run["seed"] for run in results["runs"]})
    origins = [
        f"{machine['backend']} {machine['versions'][machine['backend']]}, Keras {machine['versions']['keras']}, "
        f"{machine['cpu_count']} CPU cores ({machine['processor']})"
        for machine in results["machines"]
    ]
    return f"`{results['command']}`; {len(seeds)} seeds; {'; '.join(origins)}."


def preset_table(presets):
    """Returns the table of presets: one row a task.

    Args:
        presets: what `keras_modnet.list_presets` returned.
    """
    lines = [
        "| preset | task | test accuracy, % (mean ± std) | unique parameters | million multiply-adds "
        "| ms an image, CPU | licence |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for info in presets.values():
        for task in info.tasks:
            # A preset made from somebody else's checkpoint has not been measured here.
            missing, std = "not measured", info.accuracy_std.get(task)
            accuracy = format_result(info.accuracy[task], std) if task in info.accuracy else missing
            latency = format_latency(info.latency_ms[task]) if task in info.latency_ms else missing
            cost = f"{format_macs(info.macs[task])} | {latency}"
            lines.append(
                f"| {info.name} | {task} | {accuracy} | {info.unique_parameters:,} | {cost} | {info.licence} |"
            )
    return "\n".join(lines)


def render(text, named):
    """Returns the text with each table put between its markers `<!-- NAME -->` and `<!-- /NAME -->`.

    Args:
        text: Markdown.
        named: `{marker: Markdown}`.

    Raises:
        ValueError: a marker is not in the text exactly once.
    """
    for name, table in named.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        found = len(pattern.findall(text))
        if found != 1:
            raise ValueError(f"`text` must have the markers of {name!r} once. Received: {found} times.")
        text = pattern.sub(lambda match, table=table: f"{match[1]}{table}\n{match[2]}", text)
    return text


if __name__ == "__main__":
    for document, named in rendered_documents().items():
        document.write_text(render(document.read_text(), named))
