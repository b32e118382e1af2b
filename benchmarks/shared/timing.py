"""Times of functions that take turns, and what is said about them."""

import time

import numpy as np


def interleaved(functions, repeats, warmup=1, clock=time.perf_counter):
    """Times functions in turn, so that whatever else the machine does meets all of them alike.

    The order of each round is drawn anew, and no function follows itself: what a function leaves behind, in caches or
    in threads that spin, neither always falls on the same other one nor helps some functions and not others.

    Args:
        functions: `{name: function without arguments that returns when its work is done}`.
        repeats: timed calls of each.
        warmup: calls of each before those, not timed.
        clock: function that returns seconds.

    Returns:
        `{name: [seconds of each timed round]}`.
    """
    times, order = {name: [] for name in functions}, list(functions)
    generator = np.random.default_rng(0)
    for turn in range(warmup + repeats):
        last = order[-1]
        generator.shuffle(order)
        while order[0] == last and len(order) > 1:
            generator.shuffle(order)
        for name in order:
            start = clock()
            functions[name]()
            seconds = clock() - start
            if turn >= warmup:
                times[name].append(seconds)
    return times


def repeats_within(seconds, functions, least, most, clock=time.perf_counter):
    """Returns how many rounds of functions fit into a time, as one round (not the first) says.

    Args:
        seconds: the time.
        functions: as for `interleaved`; each is called twice.
        least: returned where fewer would fit.
        most: returned where more would fit.
        clock: function that returns seconds.
    """

    def one_round():
        for function in functions.values():
            function()

    (round_seconds,) = interleaved({"round": one_round}, 1, clock=clock)["round"]
    return int(np.clip(seconds / round_seconds, least, most))


def summary(times, reference=None):
    """Returns what is stored of the times of each function.

    Args:
        times: `{name: [seconds of each round]}`, as many for each.
        reference: the name that the others are compared with, round by round; None compares nothing.

    Returns:
        `{name: {"minimum", "median": seconds, "repeats": int}}`, and with a reference also "ratio", the median of the
        rounds' ratios to it, and "ratio_low" and "ratio_high", between which the middle half of them lies.
    """
    return {name: _summary(np.array(own), times.get(reference)) for name, own in times.items()}


def _summary(own, reference):
    stored = {"minimum": float(own.min()), "median": float(np.median(own)), "repeats": len(own)}
    if reference is None:
        return stored
    low, middle, high = np.quantile(own / np.array(reference), (0.25, 0.5, 0.75))
    return stored | {"ratio": float(middle), "ratio_low": float(low), "ratio_high": float(high)}
