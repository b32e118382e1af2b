"""Writes the tables of the README from the stored results.

Example:
    python -m benchmarks.render
"""

import json
import pathlib
import re

import keras_modnet
from benchmarks import tables

ROOT = pathlib.Path(__file__).parent.parent
README = ROOT / "README.md"
RESULTS = ROOT / "benchmarks" / "results"


def rendered_tables():
    """Returns `{marker: Markdown}` of all tables."""
    demo = json.loads((RESULTS / "demo.json").read_text())
    sources = json.loads((RESULTS / "sources.json").read_text())
    return {
        "demo": tables.demo_table(demo),
        "sources": tables.sources_table(sources),
        "presets": tables.preset_table(keras_modnet.list_presets()),
    }


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
    README.write_text(render(README.read_text(), rendered_tables()))
