import collections
import functools
import itertools

import pytest

from benchmarks.shared.timing import interleaved, repeats_within, summary


class Clock:
    """A clock that only the functions under test move on."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def takes(self, *seconds):
        turns = itertools.cycle(seconds)

        def function():
            self.now += next(turns)

        return function


def test_functions_take_turns_and_the_warmup_does_not_count():
    clock, order = Clock(), []
    # The first calls are slow, as those that compile are.
    slow, fast = clock.takes(50.0, 3.0, 5.0), clock.takes(20.0, 1.0, 2.0)
    functions = {"slow": lambda: order.append("s") or slow(), "fast": lambda: order.append("f") or fast()}
    times = interleaved(functions, repeats=2, warmup=1, clock=clock)
    assert times == {"slow": [3.0, 5.0], "fast": [1.0, 2.0]}
    assert "".join(order) == "sf" * 3


def test_no_function_follows_itself_and_each_follows_every_other():
    order = []
    interleaved({name: functools.partial(order.append, name) for name in "abc"}, repeats=100)
    pairs = collections.Counter(itertools.pairwise(order))
    assert set(pairs) == {(one, other) for one in "abc" for other in "abc" if one != other}
    assert min(pairs.values()) > 20


def test_ratios_are_taken_round_by_round():
    # The machine is twice as slow in the last two rounds, which no ratio shows.
    times = {"reference": [1.0, 1.0, 2.0, 2.0, 1.0], "other": [1.5, 1.0, 3.0, 4.0, 1.0]}
    stored = summary(times, "reference")
    assert stored["reference"]["ratio"] == stored["reference"]["ratio_low"] == 1.0
    # Ratios 1, 1, 1.5, 1.5, 2.
    assert stored["other"] == {
        "minimum": 1.0,
        "median": 1.5,
        "repeats": 5,
        "ratio": 1.5,
        "ratio_low": 1.0,
        "ratio_high": 1.5,
    }


def test_without_a_reference_nothing_is_compared():
    assert summary({"one": [2.0, 1.0, 3.0]}) == {"one": {"minimum": 1.0, "median": 2.0, "repeats": 3}}


@pytest.mark.parametrize(("seconds", "repeats"), [(1.0, 2), (12.0, 4), (1000.0, 9)])
def test_repeats_fill_a_time_within_bounds(seconds, repeats):
    clock = Clock()
    functions = {"one": clock.takes(100.0, 2.0), "two": clock.takes(100.0, 1.0)}
    assert repeats_within(seconds, functions, least=2, most=9, clock=clock) == repeats
