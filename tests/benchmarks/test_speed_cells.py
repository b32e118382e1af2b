import pytest

from benchmarks.speed_parts.cells import Promise, markdown, milliseconds, promise, promises_table, ratio, times

SUMMARY = {"minimum": 0.0021, "median": 0.0034, "repeats": 5, "ratio": 1.2, "ratio_low": 1.15, "ratio_high": 1.31}


def test_a_ratio_has_its_spread():
    assert ratio(SUMMARY) == "1.20 (1.15 to 1.31)"
    assert times(SUMMARY) == ["2.1", "3.4", "1.20 (1.15 to 1.31)"]


def test_where_nothing_was_compared_there_is_no_ratio():
    assert times({"minimum": 0.5, "median": 1.5, "repeats": 2}) == ["500", "1,500", ""]


@pytest.mark.parametrize(("bound", "kept"), [(1.1, "**no**"), (1.2, "yes")])
def test_a_promise_stands_beside_its_figure_kept_or_not(bound, kept):
    own = promise("a step", SUMMARY, bound)
    assert own == Promise(f"a step: at most {bound:.2f}", "1.20 (1.15 to 1.31)", kept == "yes")
    assert promises_table([own]).splitlines()[-1] == f"| {own.text} | {own.figure} | {kept} |"


def test_a_table_is_text_and_numbers():
    assert markdown(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"


def test_three_digits_of_a_millisecond():
    assert [milliseconds(seconds) for seconds in (0.00012345, 0.98765, 12.3456)] == ["0.123", "988", "12,346"]
