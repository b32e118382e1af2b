from benchmarks.shared.tables import markdown, mean_and_spread, milliseconds, origin, ratio

SUMMARY = {"minimum": 0.0021, "median": 0.0034, "repeats": 5, "ratio": 1.2, "ratio_low": 1.15, "ratio_high": 1.31}
MACHINE = {
    "backend": "jax",
    "versions": {"jax": "1.0", "keras": "3.0"},
    "cpu_count": 2,
    "processor": "x86_64",
    "cpu_model": "a processor",
    "device": "cpu:0",
}


def test_spread_is_the_standard_deviation_of_a_sample():
    # Mean of 1, 2, 3 is 2; squared differences 1, 0, 1 over two.
    assert mean_and_spread([1.0, 2.0, 3.0]) == "2.00 ± 1.00"


def test_one_value_has_no_spread():
    assert mean_and_spread([2.0]) == "2.00"


def test_a_ratio_has_its_spread():
    assert ratio(SUMMARY) == "1.20 (1.15 to 1.31)"


def test_where_nothing_was_compared_there_is_no_ratio():
    assert ratio({"minimum": 0.5, "median": 1.5, "repeats": 2}) == ""


def test_a_table_is_text_and_numbers():
    assert markdown(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"


def test_three_digits_of_a_millisecond():
    assert [milliseconds(seconds) for seconds in (0.00012345, 0.98765, 12.3456)] == ["0.123", "988", "12,346"]


def test_the_figures_say_where_they_come_from():
    runs = [{"load": {"others": share}} for share in (0.02, 0.5)]
    results = {
        "command": "python -m benchmarks.speed --seeds=0",
        "machines": [MACHINE],
        "runs": runs,
        "setting": {"left_out": ["left out: a row"]},
    }
    assert origin(results) == (
        "`python -m benchmarks.speed --seeds=0`; jax 1.0, Keras 3.0, 2 CPU cores (x86_64, a processor), computing on "
        "cpu:0; other processes used 2 to 50 % of the processors. Left out: a row."
    )
