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


def test_spread_is_the_standard_deviation_of_a_sample():
    # Mean of 1, 2, 3 is 2; squared differences 1, 0, 1 over two.
    assert tables.mean_and_spread([1.0, 2.0, 3.0]) == "2.00 ± 1.00"


def test_one_value_has_no_spread():
    assert tables.mean_and_spread([2.0]) == "2.00"
