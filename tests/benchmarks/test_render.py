import types

import pytest

from benchmarks import render, tables


def test_the_documents_show_the_stored_results():
    documents = render.rendered_documents()
    assert {path.name for path in documents} == {"README.md", "RESULTS.md"}
    for path, named in documents.items():
        text = path.read_text()
        assert render.render(text, named) == text


def test_a_table_goes_between_its_markers():
    text = "a\n<!-- demo -->\nold\n<!-- /demo -->\nb\n"
    assert render.render(text, {"demo": "new"}) == "a\n<!-- demo -->\nnew\n<!-- /demo -->\nb\n"


def test_a_missing_marker_is_refused():
    with pytest.raises(ValueError, match=r"the markers of 'demo' once\. Received: 0 times"):
        render.render("no table", {"demo": "new"})


MACHINE = {
    "backend": "jax",
    "versions": {"jax": "1.0", "keras": "3.0"},
    "cpu_count": 2,
    "processor": "x86_64",
}


def test_a_table_says_command_seeds_and_machine():
    rows = types.SimpleNamespace(table=lambda results: "the table")
    results = {"command": "a command", "machines": [MACHINE], "runs": [{"seed": seed} for seed in (0, 0, 1)]}
    line = "`a command`; 2 seeds; jax 1.0, Keras 3.0, 2 CPU cores (x86_64)."
    assert render.with_origin(rows, results) == f"the table\n\n{line}"


def test_a_benchmark_without_seeds_says_itself_where_it_comes_from():
    rows = types.SimpleNamespace(table=lambda results: "the table", origin=lambda results: f"from {results}")
    assert render.with_origin(rows, "there") == "the table\n\nfrom there"


def test_spread_is_the_standard_deviation_of_a_sample():
    # Mean of 1, 2, 3 is 2; squared differences 1, 0, 1 over two.
    assert tables.mean_and_spread([1.0, 2.0, 3.0]) == "2.00 ± 1.00"


def test_one_value_has_no_spread():
    assert tables.mean_and_spread([2.0]) == "2.00"
