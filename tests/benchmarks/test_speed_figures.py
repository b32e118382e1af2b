import pytest

from benchmarks.speed.figures import Promise, promise, promises_table, times

SUMMARY = {"minimum": 0.0021, "median": 0.0034, "repeats": 5, "ratio": 1.2, "ratio_low": 1.15, "ratio_high": 1.31}


def test_times_have_the_spread_of_their_ratio():
    assert times(SUMMARY) == ["2.1", "3.4", "1.20 (1.15 to 1.31)"]


def test_where_nothing_was_compared_the_cell_of_the_ratio_is_empty():
    assert times({"minimum": 0.5, "median": 1.5, "repeats": 2}) == ["500", "1,500", ""]


@pytest.mark.parametrize(("bound", "kept"), [(1.1, "**no**"), (1.2, "yes")])
def test_a_promise_stands_beside_its_figure_kept_or_not(bound, kept):
    own = promise("a step", SUMMARY, bound)
    assert own == Promise(f"a step: at most {bound:.2f}", "1.20 (1.15 to 1.31)", kept == "yes")
    assert promises_table([own]).splitlines()[-1] == f"| {own.text} | {own.figure} | {kept} |"
