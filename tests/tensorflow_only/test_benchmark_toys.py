"""Every benchmark runs, as a toy, on one backend: what differs between backends is tested where it is made."""

import pytest

from benchmarks.shared import script

BENCHMARKS = (
    "conversion",
    "domain_adaptation",
    "edits",
    "formats",
    "hostile_files",
    "interruptions",
    "multitask",
    "organisation",
    "published",
    "published_domains",
    "published_transfer",
    "reuse",
    "scale",
    "search",
    "serving",
    "sources",
    "speed",
    "transfer",
)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_toy_of_every_benchmark_runs_to_its_table(name, tmp_path):
    table = script.smoke(name, tmp_path)
    header, line, first, *_ = table.splitlines()
    assert header.count("|") == first.count("|") == line.count("|")
    assert list((tmp_path / "runs").glob("*.json"))
