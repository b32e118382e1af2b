import types

import pytest

from benchmarks import render


def test_the_documents_show_the_stored_results():
    documents = render.rendered_documents()
    assert {path.name for path in documents} == {"README.md", "SECURITY.md", "RESULTS.md"}
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
    module = types.SimpleNamespace(table=lambda results: "the table")
    results = {"command": "a command", "machines": [MACHINE], "runs": [{"seed": seed} for seed in (0, 0, 1)]}
    line = "`a command`; 2 seeds; jax 1.0, Keras 3.0, 2 CPU cores (x86_64)."
    assert render.with_origin(module, results) == f"the table\n\n{line}"


def test_a_benchmark_without_seeds_says_itself_where_it_comes_from():
    module = types.SimpleNamespace(table=lambda results: "the table", origin=lambda results: f"from {results}")
    assert render.with_origin(module, "there") == "the table\n\nfrom there"
