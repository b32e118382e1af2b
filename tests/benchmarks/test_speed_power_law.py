import numpy as np
import pytest

from benchmarks.speed.power_law import fitted_power


def test_a_law_is_found_again():
    x = np.array([4.0, 8.0, 64.0])
    assert fitted_power(x, 3 * x**0.5) == pytest.approx((0.5, 3.0))
