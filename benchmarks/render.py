"""Writes the tables of README.md and benchmarks/RESULTS.md from the stored results.

Example:
    python -m benchmarks.render
"""

import importlib
import json
import pathlib
import re

import keras_modnet
from benchmarks import sources_rows, tables

ROOT = pathlib.Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results"
# Benchmarks whose `NAME_rows` module has the table.
SCRIPTS = (
    "search",
    "reuse",
    "multitask",
    "organisation",
    "edits",
    "transfer",
    "domain_adaptation",
    "conversion",
    "speed",
)


def rendered_documents():
    """Returns `{file: {marker: Markdown}}` of all tables."""
    readme = {
        "demo": tables.demo_table(_stored("demo")),
        "sources": sources_rows.table(_stored("sources")),
        "presets": tables.preset_table(keras_modnet.list_presets()),
    }
    results = {name: with_origin(importlib.import_module(f"benchmarks.{name}_rows"), _stored(name)) for name in SCRIPTS}
    return {ROOT / "README.md": readme, ROOT / "benchmarks" / "RESULTS.md": results}


def _stored(name):
    return json.loads((RESULTS / f"{name}.json").read_text())


def with_origin(rows, results):
    """Returns the table of a benchmark and a line that says where it comes from.

    Args:
        rows: its module `NAME_rows`; one that is not measured over seeds has `origin(results)` and says it itself.
        results: what it stored.
    """
    origin = rows.origin(results) if hasattr(rows, "origin") else _origin(results)
    return f"{rows.table(results)}\n\n{origin}"


def _origin(results):
    seeds = sorted({run["seed"] for run in results["runs"]})
    origins = [
        f"{machine['backend']} {machine['versions'][machine['backend']]}, Keras {machine['versions']['keras']}, "
        f"{machine['cpu_count']} CPU cores ({machine['processor']})"
        for machine in results["machines"]
    ]
    return f"`{results['command']}`; {len(seeds)} seeds; {'; '.join(origins)}."


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
