from benchmarks.shared.libraries import keep_installed

JOBS = [
    {"name": "plain", "needs": []},
    {"name": "other", "needs": ["missing_one", "there"]},
    {"name": "rows", "needs": ["there"], "rows": ["ours", "theirs"], "row_needs": {"theirs": ["there", "missing_two"]}},
]


def test_what_is_missing_is_left_out_and_said():
    kept, lines = keep_installed(JOBS, is_installed=lambda library: library == "there")
    assert kept == [{"name": "plain"}, {"name": "rows", "rows": ["ours"]}]
    assert lines == [
        "left out: other, since missing_one cannot be imported here",
        "left out: theirs in rows, since missing_two cannot be imported here",
    ]


def test_modules_are_looked_for_on_this_machine():
    jobs = [{"name": "one", "needs": ["json"]}, {"name": "two", "needs": ["no_such_module"]}]
    kept, lines = keep_installed(jobs)
    assert [job["name"] for job in kept] == ["one"]
    assert len(lines) == 1
