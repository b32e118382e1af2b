import re

import pytest

from benchmarks.speed.sections import growth


def grown(power):
    """A made-up run in which time grows as a power of the width."""
    sizes = [16, 32, 64]
    times = [{"minimum": size**power / 1e4, "median": size**power / 1e4, "repeats": 3} for size in sizes]
    macs = [1e6 * size**2 for size in sizes]
    return {
        "factor": "width",
        "backend": "tensorflow",
        "sizes": sizes,
        "macs": {"predict": macs, "train": [3 * own for own in macs]},
        "times": {"predict": times, "train": times},
        "peak": 1e11,
    }


def test_the_laws_of_growth_are_found():
    assert growth.laws(grown(1.5), "train") == pytest.approx({"size": 1.5, "macs": 0.75, "counted": 2.0})


def test_where_multiply_adds_do_not_grow_time_has_no_law_in_them():
    run = grown(0.5)
    run["macs"]["predict"] = [1e6, 1e6, 1e6]
    law = growth.laws(run, "predict")
    assert (law["macs"], law["counted"]) == (None, 0.0)


def test_growth_has_a_picture_and_a_share_of_the_peak(tmp_path):
    growth.draw([grown(1.0), grown(2.0)], tmp_path / "growth.png")
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")
    # 3 * 4096e6 multiply-adds in 6.4 ms are 1.92e12 a second, of 1e11.
    assert re.search(r"width, 16 to 64: training step.* 3840\.0 \| 1920 % \|$", growth.table([grown(1.0)]))
